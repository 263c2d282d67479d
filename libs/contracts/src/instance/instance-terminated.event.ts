import { defineEvent } from '../define-event';
import { InstanceTerminatedPayload } from './instance-terminated.payload';

export const InstanceTerminated = defineEvent({
  name: 'instance.terminated',
  version: 1,
  payload: InstanceTerminatedPayload,
});
