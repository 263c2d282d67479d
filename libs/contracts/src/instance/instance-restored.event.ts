import { defineEvent } from '../define-event';
import { InstanceBackupPayload } from './instance-backup.payload';

/** The instance runs with the data of the backup. */
export const InstanceRestored = defineEvent({
  name: 'instance.restored',
  version: 1,
  payload: InstanceBackupPayload,
});
