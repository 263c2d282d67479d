import { defineEvent } from '../define-event';
import { InstanceBackupPayload } from './instance-backup.payload';

/** A backup of the instance was restored in a throw-away place, and an Odoo answered on it. */
export const InstanceBackupDrillPassed = defineEvent({
  name: 'instance.backup_drill_passed',
  version: 1,
  payload: InstanceBackupPayload,
});
