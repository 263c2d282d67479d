import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** A new task of the instance answers. */
export const InstanceRestarted = defineEvent({
  name: 'instance.restarted',
  version: 1,
  payload: InstanceOperationPayload,
});
