import { defineEvent } from '../define-event';
import { InstanceCreatedPayload } from './instance-created.payload';

export const InstanceCreated = defineEvent({
  name: 'instance.created',
  version: 1,
  payload: InstanceCreatedPayload,
});
