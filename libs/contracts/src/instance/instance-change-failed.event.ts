import { defineEvent } from '../define-event';
import { InstanceChangeFailedPayload } from './instance-change-failed.payload';

export const InstanceChangeFailed = defineEvent({
  name: 'instance.change_failed',
  version: 1,
  payload: InstanceChangeFailedPayload,
});
