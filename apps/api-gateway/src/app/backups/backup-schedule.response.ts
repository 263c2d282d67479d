import { ApiProperty } from '@nestjs/swagger';
import type { BackupSchedule } from '@saasodoo/backups/domain';

export class BackupScheduleResponse {
  @ApiProperty()
  readonly enabled!: boolean;

  @ApiProperty({ description: 'Of the day, UTC.' })
  readonly hour!: number;

  @ApiProperty()
  readonly keep_daily!: number;

  @ApiProperty()
  readonly keep_weekly!: number;

  @ApiProperty()
  readonly keep_monthly!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly next_at!: string | null;

  @ApiProperty({ description: 'In a row; 0 after one that succeeded.' })
  readonly failures!: number;

  static of(schedule: BackupSchedule): BackupScheduleResponse {
    const { enabled, hour, failures, daily, weekly, monthly, nextAt } = schedule;
    return {
      ...{ enabled, hour, failures },
      keep_daily: daily,
      keep_weekly: weekly,
      keep_monthly: monthly,
      next_at: enabled ? nextAt.toISOString() : null,
    };
  }
}
