import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** No process of the instance is left; its data is. */
export const InstanceStopped = defineEvent({
  name: 'instance.stopped',
  version: 1,
  payload: InstanceOperationPayload,
});
