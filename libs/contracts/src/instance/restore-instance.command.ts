import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Put the data of a backup in the place of what the instance has. */
export const RestoreInstance = defineCommand({
  name: 'instance.restore',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
