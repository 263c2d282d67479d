import { IsIn, IsInt, IsString, Max, Min, MinLength } from 'class-validator';
import { BackupDestinationConfig } from './backup-destination.config';

/** What backups need to know of the site. */
export class BackupsConfig extends BackupDestinationConfig {
  /** Makes and renames databases; the data in them is read and written as the instance's own role. */
  @IsString()
  readonly TENANT_DATABASE_ADMIN: string = 'saasodoo_admin';

  @IsString()
  readonly TENANT_DATABASE_PASSWORD!: string;

  /** Backups made from now on are encrypted where they are kept, with a key of their own derived from ENCRYPTION_KEY. */
  @IsIn(['none', 'aes-256-gcm'])
  readonly BACKUP_ENCRYPTION: 'none' | 'aes-256-gcm' = 'none';

  /** How long the dump, the archive or the restoration of one instance may take. */
  @IsInt()
  @Min(60_000)
  @Max(86_400_000)
  readonly BACKUP_JOB_TIMEOUT_MS: number = 4 * 3_600_000;

  /** Whoever shows it may read backups over HTTP: the gateway. */
  @IsString()
  @MinLength(20)
  readonly BACKUP_KEY!: string;

  /** How many scheduled backups are made at once; those that are due wait for their turn. */
  @IsInt()
  @Min(1)
  @Max(100)
  readonly BACKUP_CONCURRENCY: number = 2;

  /** How often it is looked whether a backup is due; 0 makes none by itself. */
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  readonly BACKUP_SCHEDULE_EVERY_MS: number = 30_000;

  /** `daily` gives a schedule to every instance that has none. */
  @IsIn(['none', 'daily'])
  readonly BACKUP_DEFAULT_SCHEDULE: 'none' | 'daily' = 'daily';

  /** Days, weeks and months that an instance without a schedule of its own keeps a backup of. */
  @IsInt()
  @Min(1)
  @Max(366)
  readonly BACKUP_KEEP_DAILY: number = 7;

  @IsInt()
  @Min(0)
  @Max(260)
  readonly BACKUP_KEEP_WEEKLY: number = 4;

  @IsInt()
  @Min(0)
  @Max(120)
  readonly BACKUP_KEEP_MONTHLY: number = 6;

  /** How long what was backed up before a restoration is kept. */
  @IsInt()
  @Min(1)
  @Max(3_650)
  readonly BACKUP_SAFETY_DAYS: number = 14;

  /** How long the backups of a terminated instance are kept from when that is seen; 0 keeps them without end. */
  @IsInt()
  @Min(0)
  @Max(3_650)
  readonly BACKUP_TERMINATED_DAYS: number = 90;

  /** In how many hours the schedule drills a sample of the kept backups; 0: it drills none. */
  @IsInt()
  @Min(0)
  @Max(8_760)
  readonly BACKUP_DRILL_EVERY_HOURS: number = 24;

  /** How many backups are drilled in that time, one after the other, evenly spread. */
  @IsInt()
  @Min(1)
  @Max(1_000)
  readonly BACKUP_DRILL_SAMPLE: number = 1;

  /** Of all entries of a zip that a customer sends, unpacked. */
  @IsInt()
  @Min(1024 ** 2)
  readonly IMPORT_MAX_UNPACKED_BYTES: number = 100 * 1024 ** 3;

  @IsInt()
  @Min(10)
  @Max(5_000_000)
  readonly IMPORT_MAX_ENTRIES: number = 500_000;

  /** How long an import that became no instance is kept. */
  @IsInt()
  @Min(1)
  @Max(8_760)
  readonly IMPORT_KEEP_HOURS: number = 48;

  /** How often it is looked which imports are over, to remove them. */
  @IsInt()
  @Min(100)
  @Max(86_400_000)
  readonly IMPORT_SWEEP_EVERY_MS: number = 60_000;
}
