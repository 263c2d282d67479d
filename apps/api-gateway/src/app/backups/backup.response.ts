import { ApiProperty } from '@nestjs/swagger';
import {
  type Backup,
  type BackupKind,
  backupKinds,
  type BackupStatus,
  backupStatuses,
} from '@saasodoo/backups/domain';
import { timestamp } from '../http/timestamp';
import { ErrorResponse, shownError } from '../operations/operation.response';
import { DrillDelayResponse } from './drill-delay.response';
import { DrillResponse } from './drill.response';

/** Database and files of an instance as they were at one moment. */
export class BackupResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  readonly instance_id!: string;

  @ApiProperty({ enum: backupKinds, description: 'Who wanted it; safety: made before data was replaced.' })
  readonly kind!: BackupKind;

  @ApiProperty({ enum: backupStatuses, description: 'Completed means: read back and found whole.' })
  readonly status!: BackupStatus;

  @ApiProperty()
  readonly database_name!: string;

  @ApiProperty({ example: '17.0' })
  readonly odoo_version!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'As it is kept, compressed.' })
  readonly size_bytes!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  readonly files!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'In all tables together.' })
  readonly rows!: number | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether every file that the database names is in it.',
  })
  readonly consistent!: boolean | null;

  @ApiProperty({ type: Boolean, nullable: true, description: 'Where it is kept.' })
  readonly encrypted!: boolean | null;

  @ApiProperty({ type: ErrorResponse, nullable: true })
  readonly error!: ErrorResponse | null;

  @ApiProperty({
    type: DrillResponse,
    nullable: true,
    description: 'Whether it could be restored the last time.',
  })
  readonly drill!: DrillResponse | null;

  @ApiProperty({ type: DrillDelayResponse, nullable: true, description: 'Why a later drill said nothing.' })
  readonly drill_put_off!: DrillDelayResponse | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly completed_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly expires_at!: string | null;

  static of(backup: Backup): BackupResponse {
    const { id, kind, status } = backup;
    return {
      ...{ id, kind, status },
      instance_id: backup.instanceId,
      database_name: backup.databaseName,
      odoo_version: backup.odooVersion,
      size_bytes: backup.sizeBytes ?? null,
      ...contents(backup),
      error: shownError(backup.error),
      drill: DrillResponse.of(backup.drill),
      drill_put_off: DrillDelayResponse.of(backup.drill),
      created_at: backup.createdAt.toISOString(),
      completed_at: timestamp(backup.completedAt),
      expires_at: timestamp(backup.expiresAt),
    };
  }
}

type Contents = Pick<BackupResponse, 'files' | 'rows' | 'consistent' | 'encrypted'>;

function contents({ manifest }: Backup): Contents {
  if (manifest === undefined) return { files: null, rows: null, consistent: null, encrypted: null };
  const { files, database, consistent, parts } = manifest;
  return {
    files: files.count,
    rows: Object.values(database.tables).reduce((sum, rows) => sum + rows, 0),
    consistent,
    encrypted: parts.every((part) => part.encrypted),
  };
}
