import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '../http/is-text.decorator';

export class SuspendInstanceRequest {
  @ApiPropertyOptional({
    maxLength: 300,
    description: 'Shown to the customer, and to visitors of the instance.',
  })
  @IsOptional()
  @IsText({ min: 1, max: 300 })
  reason?: string;
}
