import { defineEvent } from '../define-event';
import { InstanceHealthPayload } from './instance-health.payload';

/** An instance that did not serve does again. */
export const InstanceRecovered = defineEvent({
  name: 'instance.recovered',
  version: 1,
  payload: InstanceHealthPayload,
});
