import { defineEvent } from '../define-event';
import { InstanceUpgradeFailedPayload } from './instance-upgrade-failed.payload';

/** An upgrade came to nothing: image and data of the instance are what they were. Its operation says why. */
export const InstanceUpgradeFailed = defineEvent({
  name: 'instance.upgrade_failed',
  version: 1,
  payload: InstanceUpgradeFailedPayload,
});
