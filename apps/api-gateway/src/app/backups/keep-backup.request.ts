import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional } from 'class-validator';

export class KeepBackupRequest {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Kept at least until then; left out: as if nobody had said anything.',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string;
}
