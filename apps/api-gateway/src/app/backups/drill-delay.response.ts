import { ApiProperty } from '@nestjs/swagger';
import type { BackupDrill } from '@saasodoo/backups/domain';
import { ErrorResponse, shownError } from '../operations/operation.response';

/** Why the last drill said nothing about the backup: there was no room, or something else was wanted of its instance. */
export class DrillDelayResponse {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: 'In a row.' })
  readonly times!: number;

  @ApiProperty({ type: ErrorResponse, nullable: true })
  readonly error!: ErrorResponse | null;

  static of(drill: BackupDrill | undefined): DrillDelayResponse | null {
    if (drill?.put_off === undefined) return null;
    const { at, times, error } = drill.put_off;
    return { at, times, error: shownError(error) };
  }
}
