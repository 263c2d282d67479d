import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Replace the instance's task by a new one. */
export const RestartInstance = defineCommand({
  name: 'instance.restart',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
