import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The platform has given up on an instance that could not run. */
export const InstanceHalted = defineEvent({
  name: 'instance.halted',
  version: 1,
  payload: InstanceOperationPayload,
});
