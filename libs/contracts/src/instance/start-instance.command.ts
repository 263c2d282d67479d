import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Bring the stopped instance up. */
export const StartInstance = defineCommand({
  name: 'instance.start',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
