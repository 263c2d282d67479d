import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance answers again. */
export const InstanceStarted = defineEvent({
  name: 'instance.started',
  version: 1,
  payload: InstanceOperationPayload,
});
