import { defineEvent } from '../define-event';
import { InstanceHealthPayload } from './instance-health.payload';

/** The health of an instance, or its reason, has changed. */
export const InstanceObserved = defineEvent({
  name: 'instance.observed',
  version: 1,
  payload: InstanceHealthPayload,
});
