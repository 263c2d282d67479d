import { defineEvent } from '../define-event';
import { AlarmRaisedPayload } from './alarm-raised.payload';

export const AlarmRaised = defineEvent({
  name: 'platform.alarm_raised',
  version: 1,
  payload: AlarmRaisedPayload,
});
