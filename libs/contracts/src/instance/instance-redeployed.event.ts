import { defineEvent } from '../define-event';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The service was made anew and answers. */
export const InstanceRedeployed = defineEvent({
  name: 'instance.redeployed',
  version: 1,
  payload: InstanceOperationPayload,
});
