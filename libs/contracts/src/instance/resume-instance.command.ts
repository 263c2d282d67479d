import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** End a suspension. */
export const ResumeInstance = defineCommand({
  name: 'instance.resume',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
