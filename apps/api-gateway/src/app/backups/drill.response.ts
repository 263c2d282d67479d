import { ApiProperty } from '@nestjs/swagger';
import { type BackupDrill, type DrillStatus, drillStatuses } from '@saasodoo/backups/domain';
import { ErrorResponse, shownError } from '../operations/operation.response';

/** What came of restoring a backup in a throw-away place. */
export class DrillResponse {
  @ApiProperty({
    enum: drillStatuses,
    description: 'Passed means: restored, compared, and an Odoo answered on it.',
  })
  readonly status!: DrillStatus;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: "Until Odoo's answer, or until it failed." })
  readonly duration_ms!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Read from where backups are kept.' })
  readonly restored_bytes!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'In all tables together, as in the manifest.' })
  readonly rows!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  readonly files!: number | null;

  @ApiProperty({ type: ErrorResponse, nullable: true })
  readonly error!: ErrorResponse | null;

  static of(drill: BackupDrill | undefined): DrillResponse | null {
    if (drill?.result === undefined) return null;
    const { status, at, duration_ms, restored_bytes, rows, files, error } = drill.result;
    return {
      ...{ status, at, duration_ms },
      restored_bytes: restored_bytes ?? null,
      rows: rows ?? null,
      files: files ?? null,
      error: shownError(error),
    };
  }
}
