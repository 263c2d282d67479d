import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Take the instance down until billing or an operator resumes it. */
export const SuspendInstance = defineCommand({
  name: 'instance.suspend',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
