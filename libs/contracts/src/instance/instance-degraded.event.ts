import { defineEvent } from '../define-event';
import { InstanceHealthPayload } from './instance-health.payload';

/** An instance that should serve does not. */
export const InstanceDegraded = defineEvent({
  name: 'instance.degraded',
  version: 1,
  payload: InstanceHealthPayload,
});
