import type { InstanceCommand } from '@saasodoo/instances/domain';

/** What `POST …/actions` takes, and the command it means: earlier clients know pause and its end by these names. */
const ACTIONS = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  unpause: 'start',
  suspend: 'suspend',
  unsuspend: 'resume',
  resume: 'resume',
  redeploy: 'redeploy',
} as const satisfies Record<string, InstanceCommand>;

export type InstanceAction = keyof typeof ACTIONS;

export const instanceActions = Object.keys(ACTIONS) as readonly InstanceAction[];

export function commandOf(action: InstanceAction): InstanceCommand {
  return ACTIONS[action];
}
