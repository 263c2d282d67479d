import { IsIn, IsString } from 'class-validator';
import { InstanceBackupPayload } from './instance-backup.payload';

const KINDS = ['manual', 'scheduled', 'safety', 'final'] as const;

export class InstanceBackupFailedPayload extends InstanceBackupPayload {
  /** Who wanted it. */
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @IsString()
  error_code!: string;
}
