import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Restore a backup of the instance into a throw-away place, to see whether it can be. */
export const DrillBackup = defineCommand({
  name: 'instance.drill_backup',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
