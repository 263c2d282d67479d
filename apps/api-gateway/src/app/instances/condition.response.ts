import { ApiProperty } from '@nestjs/swagger';
import type { Condition } from '@saasodoo/instances/domain';

const conditionStatuses = ['true', 'false', 'unknown'] as const satisfies readonly Condition['status'][];

export class ConditionResponse {
  @ApiProperty({ example: 'ready' })
  readonly type!: string;

  @ApiProperty({ enum: conditionStatuses })
  readonly status!: Condition['status'];

  @ApiProperty({ example: 'Creating', description: 'Stable.' })
  readonly reason!: string;

  @ApiProperty()
  readonly message!: string;

  @ApiProperty({ format: 'date-time', description: 'When the status last changed.' })
  readonly since!: string;
}
