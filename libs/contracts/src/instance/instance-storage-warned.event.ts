import { defineEvent } from '../define-event';
import { InstanceStorageWarnedPayload } from './instance-storage-warned.payload';

/** The files of an instance take up more of its quota than before: 80, 90 or 100 percent. */
export const InstanceStorageWarned = defineEvent({
  name: 'instance.storage_warned',
  version: 1,
  payload: InstanceStorageWarnedPayload,
});
