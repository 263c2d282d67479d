import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Make the service anew from what PostgreSQL says of the instance. */
export const RedeployInstance = defineCommand({
  name: 'instance.redeploy',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
