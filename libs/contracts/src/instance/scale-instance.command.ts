import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Give the instance the CPU and memory that it is meant to have. */
export const ScaleInstance = defineCommand({
  name: 'instance.scale',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
