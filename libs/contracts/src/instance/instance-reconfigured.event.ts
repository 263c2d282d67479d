import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance has its new environment, image and labels. */
export const InstanceReconfigured = defineEvent({
  name: 'instance.reconfigured',
  version: 1,
  payload: InstanceOperationPayload,
});
