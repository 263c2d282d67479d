import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Take the running instance down; nothing is lost. */
export const StopInstance = defineCommand({
  name: 'instance.stop',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
