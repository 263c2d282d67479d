import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The suspension has ended. */
export const InstanceResumed = defineEvent({
  name: 'instance.resumed',
  version: 1,
  payload: InstanceOperationPayload,
});
