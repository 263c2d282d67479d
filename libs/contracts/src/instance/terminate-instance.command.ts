import { defineCommand } from '../define-command';
import { TerminateInstancePayload } from './terminate-instance.payload';

export const TerminateInstance = defineCommand({
  name: 'instance.terminate',
  version: 1,
  owner: 'provisioner',
  payload: TerminateInstancePayload,
});
