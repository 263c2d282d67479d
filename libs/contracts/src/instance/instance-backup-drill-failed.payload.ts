import { IsString } from 'class-validator';
import { InstanceBackupPayload } from './instance-backup.payload';

export class InstanceBackupDrillFailedPayload extends InstanceBackupPayload {
  @IsString()
  error_code!: string;
}
