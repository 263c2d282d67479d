import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Make the instance, with the data of a backup. */
export const RestoreNewInstance = defineCommand({
  name: 'instance.restore_new',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
