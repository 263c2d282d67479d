import { defineEvent } from '../define-event';
import { InstanceBackupFailedPayload } from './instance-backup-failed.payload';

/** A backup of the instance came to nothing; its operation says why. */
export const InstanceBackupFailed = defineEvent({
  name: 'instance.backup_failed',
  version: 1,
  payload: InstanceBackupFailedPayload,
});
