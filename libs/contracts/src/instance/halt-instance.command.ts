import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Take down an instance that cannot run, and say why. */
export const HaltInstance = defineCommand({
  name: 'instance.halt',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
