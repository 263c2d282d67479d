import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Give the instance the environment, image and labels that it is meant to have. */
export const ReconfigureInstance = defineCommand({
  name: 'instance.reconfigure',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
