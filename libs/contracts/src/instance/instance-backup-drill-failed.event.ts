import { defineEvent } from '../define-event';
import { InstanceBackupDrillFailedPayload } from './instance-backup-drill-failed.payload';

/** A backup of the instance could not be restored in a throw-away place; its drill says why. */
export const InstanceBackupDrillFailed = defineEvent({
  name: 'instance.backup_drill_failed',
  version: 1,
  payload: InstanceBackupDrillFailedPayload,
});
