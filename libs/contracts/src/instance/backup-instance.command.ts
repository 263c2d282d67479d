import { defineCommand } from '../define-command';
import { InstanceOperationPayload } from './instance-operation.payload';

/** Copy database and files of the instance to where backups are kept. */
export const BackupInstance = defineCommand({
  name: 'instance.backup',
  version: 1,
  owner: 'lifecycle',
  payload: InstanceOperationPayload,
});
