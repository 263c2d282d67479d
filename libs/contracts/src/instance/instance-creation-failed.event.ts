import { defineEvent } from '../define-event';
import { InstanceCreationFailedPayload } from './instance-creation-failed.payload';

export const InstanceCreationFailed = defineEvent({
  name: 'instance.creation_failed',
  version: 1,
  payload: InstanceCreationFailedPayload,
});
