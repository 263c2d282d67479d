import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance is down until billing or an operator resumes it. */
export const InstanceSuspended = defineEvent({
  name: 'instance.suspended',
  version: 1,
  payload: InstanceOperationPayload,
});
