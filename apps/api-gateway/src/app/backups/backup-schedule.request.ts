import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';

/** What is left out has its default, not what was there before. */
export class BackupScheduleRequest {
  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  @ApiPropertyOptional({ default: 2, minimum: 0, maximum: 23, description: 'Of the day, UTC.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(23)
  hour: number = 2;

  @ApiPropertyOptional({ default: 7, minimum: 1, maximum: 366, description: 'The newest of so many days.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(366)
  keep_daily: number = 7;

  @ApiPropertyOptional({ default: 4, minimum: 0, maximum: 260 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(260)
  keep_weekly: number = 4;

  @ApiPropertyOptional({ default: 6, minimum: 0, maximum: 120 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(120)
  keep_monthly: number = 6;
}
