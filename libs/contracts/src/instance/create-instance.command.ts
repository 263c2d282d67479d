import { defineCommand } from '../define-command';
import { CreateInstancePayload } from './create-instance.payload';

export const CreateInstance = defineCommand({
  name: 'instance.create',
  version: 1,
  owner: 'provisioner',
  payload: CreateInstancePayload,
});
