import type { Instance } from '@saasodoo/instances/domain';

/** Whether there is an Odoo to wait for: what is changed on a stopped instance applies at its next start. */
export function isMeantToRun({ desiredState }: Pick<Instance, 'desiredState'>): boolean {
  return desiredState === 'running';
}
