import { AppError } from '@saasodoo/kernel';
import type { DesiredState } from './desired-state';
import type { Instance } from './instance';

/** What can be asked of an instance that exists. */
export const instanceCommands = [
  'start',
  'stop',
  'restart',
  'suspend',
  'resume',
  'scale',
  'reconfigure',
  'redeploy',
  'upgrade',
  'terminate',
] as const;

export type InstanceCommand = (typeof instanceCommands)[number];

/** What a command is judged by. */
export type CommandSubject = Pick<Instance, 'status' | 'desiredState' | 'databaseServer' | 'resumeTo'>;

interface CommandRule {
  /** Wanted states in which the command makes sense. */
  readonly from: readonly DesiredState[];
  /** The state that is wanted from then on; absent: the same as before. */
  readonly to?: DesiredState;
  /** Accepted in every wanted state when the instance is in `error`: it is how to try again. */
  readonly mends?: true;
}

/**
 * Judged by what is wanted, not by what is observed: a command may follow another that is still being carried out, and
 * the last one that was accepted wins.
 */
const RULES: Readonly<Record<InstanceCommand, CommandRule>> = {
  start: { from: ['stopped'], to: 'running', mends: true },
  stop: { from: ['running'], to: 'stopped', mends: true },
  restart: { from: ['running'], to: 'running' },
  suspend: { from: ['running', 'stopped'], to: 'suspended' },
  resume: { from: ['suspended'] },
  scale: { from: ['running', 'stopped', 'suspended'] },
  reconfigure: { from: ['running', 'stopped', 'suspended'] },
  redeploy: { from: ['running'] },
  upgrade: { from: ['running', 'stopped'] },
  terminate: { from: ['running', 'stopped', 'suspended'], to: 'terminated' },
};

/** The state that is wanted once the command is accepted. */
export function desiredAfter(
  command: InstanceCommand,
  { desiredState, resumeTo }: CommandSubject,
): DesiredState {
  if (command === 'resume') return resumeTo ?? 'running';
  return RULES[command].to ?? desiredState;
}

/**
 * Throws `instance.terminated`, `instance.creating`, `instance.not_created`, `instance.suspended`, or
 * `instance.command_refused` (all 409) when the command cannot be accepted now.
 */
export function assertCommandAllowed(command: InstanceCommand, subject: CommandSubject): void {
  const { status, desiredState } = subject;
  if (desiredState === 'terminated')
    throw refused('instance.terminated', 'the instance is terminated', 'Ask for a new one.');
  if (command === 'terminate') return;
  assertExists(subject);
  const { from, mends } = RULES[command];
  if (from.includes(desiredState)) return;
  if (desiredState === 'suspended') {
    throw refused(
      'instance.suspended',
      'the instance is suspended',
      'It comes back when its bill is paid, or when an operator resumes it.',
    );
  }
  if (mends === true && status === 'error') return;
  throw refused(
    'instance.command_refused',
    `cannot ${command} an instance that is meant to be ${desiredState}`,
    `It accepts: ${allowedCommands(subject).join(', ')}.`,
  );
}

/** The commands that would be accepted now. */
export function allowedCommands(subject: CommandSubject): InstanceCommand[] {
  return instanceCommands.filter((command) => isAllowed(command, subject));
}

function isAllowed(
  command: InstanceCommand,
  { status, desiredState, databaseServer }: CommandSubject,
): boolean {
  if (desiredState === 'terminated') return false;
  if (command === 'terminate') return true;
  if (status === 'creating' || databaseServer === undefined) return false;
  const { from, mends } = RULES[command];
  return (
    from.includes(desiredState) || (mends === true && status === 'error' && desiredState !== 'suspended')
  );
}

function assertExists({ status, databaseServer }: CommandSubject): void {
  if (status === 'creating') {
    throw refused(
      'instance.creating',
      'the instance is still being created',
      'Wait for its creation to end, or delete it.',
    );
  }
  if (databaseServer === undefined) {
    throw refused(
      'instance.not_created',
      'the creation of the instance failed, so there is nothing to act on',
      'Its error says why. Delete it and ask for a new one.',
    );
  }
}

function refused(code: string, message: string, hint: string): AppError {
  return AppError.terminal(code, message, { httpStatus: 409, hint });
}
