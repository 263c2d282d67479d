import type { ErrorRecord } from '@saasodoo/kernel';
import type { ObservedCondition } from './condition';
import type { InstanceStatus } from './instance-status';

const MESSAGES: Readonly<Record<InstanceStatus, string>> = {
  creating: 'The instance is being made.',
  starting: 'Odoo is starting.',
  running: 'Odoo answers.',
  stopping: 'Odoo is being stopped.',
  stopped: 'The instance is stopped.',
  restarting: 'Odoo is being restarted.',
  updating: 'The instance is being updated.',
  maintenance: 'The instance is in maintenance.',
  suspended: 'The instance is suspended for billing.',
  error: 'The instance failed.',
  terminating: 'The instance is being removed.',
  terminated: 'The instance was removed.',
};

/** The condition that every status implies: does Odoo answer, and if not, why. */
export function readyCondition(status: InstanceStatus, error?: ErrorRecord): ObservedCondition {
  return {
    type: 'ready',
    status: status === 'running' ? 'true' : 'false',
    reason: status.charAt(0).toUpperCase() + status.slice(1),
    message: status === 'error' && error !== undefined ? error.message : MESSAGES[status],
  };
}
