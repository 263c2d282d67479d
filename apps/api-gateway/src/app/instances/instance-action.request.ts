import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsText } from '../http/is-text.decorator';
import { type InstanceAction, instanceActions } from './instance-actions';

export class InstanceActionRequest {
  @ApiProperty({ enum: instanceActions })
  @IsIn(instanceActions)
  action!: InstanceAction;

  @ApiPropertyOptional({ maxLength: 300, description: 'For suspend.' })
  @IsOptional()
  @IsText({ min: 1, max: 300 })
  reason?: string;
}
