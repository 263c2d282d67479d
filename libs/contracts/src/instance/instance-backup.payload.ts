import { IsUUID } from 'class-validator';
import { InstanceOperationPayload } from './instance-operation.payload';

export class InstanceBackupPayload extends InstanceOperationPayload {
  @IsUUID()
  backup_id!: string;
}
