import { IsArray, IsString } from 'class-validator';
import { InstanceBackupPayload } from './instance-backup.payload';

/** `backup_id` is the safety backup: the instance as it was before. */
export class InstanceUpgradedPayload extends InstanceBackupPayload {
  @IsString()
  from_version!: string;

  @IsString()
  to_version!: string;

  @IsString()
  from_image!: string;

  @IsString()
  to_image!: string;

  /** Modules that Odoo updated; empty where a command of the site migrated all of them. */
  @IsArray()
  @IsString({ each: true })
  modules!: string[];
}
