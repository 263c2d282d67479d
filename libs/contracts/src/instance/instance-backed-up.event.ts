import { defineEvent } from '../define-event';
import { InstanceBackupPayload } from './instance-backup.payload';

/** A backup of the instance is complete and verified. */
export const InstanceBackedUp = defineEvent({
  name: 'instance.backed_up',
  version: 1,
  payload: InstanceBackupPayload,
});
