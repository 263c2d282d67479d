import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance has its new CPU and memory. */
export const InstanceScaled = defineEvent({
  name: 'instance.scaled',
  version: 1,
  payload: InstanceOperationPayload,
});
