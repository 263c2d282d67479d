import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const MAX_COUNT = 1_000_000;

/** The whole quota of a customer: for what is left out the site's default holds. */
export class SetQuotaRequest {
  @ApiPropertyOptional({ minimum: 0, maximum: MAX_COUNT, example: 10 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_COUNT)
  instances?: number;

  @ApiPropertyOptional({ minimum: 0, maximum: MAX_COUNT, example: 20 })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(MAX_COUNT)
  cpus?: number;

  @ApiPropertyOptional({ maxLength: 20, example: '40G' })
  @IsOptional()
  @IsString({ message: '$property must be a string' })
  @MaxLength(20)
  memory?: string;
}
