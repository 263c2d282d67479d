import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';

export class RestoreBackupRequest {
  @ApiPropertyOptional({
    default: true,
    description:
      'Back the instance up once more before its data is replaced. Without it, what the instance has now is lost.',
  })
  @IsOptional()
  @IsBoolean()
  safety_backup: boolean = true;
}
