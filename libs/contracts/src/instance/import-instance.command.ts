import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Make the instance, with what a customer sent. */
export const ImportInstance = defineCommand({
  name: 'instance.import',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
