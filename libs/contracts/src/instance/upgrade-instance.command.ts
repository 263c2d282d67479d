import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Bring the instance to the image that its version, or a later one, has on the site. */
export const UpgradeInstance = defineCommand({
  name: 'instance.upgrade',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
