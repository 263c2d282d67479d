import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Remove a backup of the instance from where it is kept. */
export const DeleteBackup = defineCommand({
  name: 'instance.delete_backup',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
