import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { IsText } from '../http/is-text.decorator';

export class AnnounceImportRequest {
  @ApiProperty({ minimum: 1, description: 'Of the zip. Exactly so much must come.', example: 52_428_800 })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  size_bytes!: number;

  @ApiPropertyOptional({ description: 'Of the zip, in hexadecimal. What comes must have it.' })
  @IsOptional()
  @IsString({ message: '$property must be a string' })
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be a SHA-256 of 64 small hexadecimal digits' })
  sha256?: string;

  @ApiPropertyOptional({ default: 'import.zip', description: 'What you call it.', maxLength: 200 })
  @IsOptional()
  @IsText({ min: 1, max: 200 })
  file_name: string = 'import.zip';
}
