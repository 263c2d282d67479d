import { defineEvent } from '../define-event';
import { InstanceUpgradedPayload } from './instance-upgraded.payload';

/** The instance has the other image, and its data fits it. */
export const InstanceUpgraded = defineEvent({
  name: 'instance.upgraded',
  version: 1,
  payload: InstanceUpgradedPayload,
});
