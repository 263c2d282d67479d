import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNumber, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsText } from '../http/is-text.decorator';

/** What is left out stays as it is. */
export class UpdateInstanceRequest {
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @IsOptional()
  @IsText({ min: 1, max: 100 })
  name?: string;

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsText({ min: 0, max: 500, multiline: true })
  description?: string;

  @ApiPropertyOptional({ minimum: 0.1, maximum: 8, description: 'CPUs; replaces the running task.' })
  @IsOptional()
  @IsNumber()
  @Min(0.1)
  @Max(8)
  cpu_limit?: number;

  @ApiPropertyOptional({ description: 'From 64M to 1T; replaces the running task.', example: '2G' })
  @IsOptional()
  @IsString({ message: '$property must be a string' })
  @MaxLength(20)
  memory_limit?: string;

  @ApiPropertyOptional({
    description: 'From 100M to 64T; applies at once and restarts nothing. Not below what is used.',
    example: '20G',
  })
  @IsOptional()
  @IsString({ message: '$property must be a string' })
  @MaxLength(20)
  storage_limit?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'For operators: also a storage limit below what is used. Nothing more can be written then.',
  })
  @IsOptional()
  @IsBoolean()
  force?: boolean;

  @ApiPropertyOptional({
    type: Object,
    additionalProperties: { type: 'string' },
    description:
      'Environment variables in the place of those that were there; {} removes all. Replaces the running task.',
    example: { TZ: 'Europe/Berlin' },
  })
  @IsOptional()
  @IsObject()
  environment?: Readonly<Record<string, unknown>>;
}
