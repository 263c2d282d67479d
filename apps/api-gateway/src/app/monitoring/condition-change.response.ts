import { ApiProperty } from '@nestjs/swagger';
import { type ConditionChange, type HealthState, healthStates } from '@saasodoo/instances/domain';

/** An entry of the history of an instance's conditions. */
export class ConditionChangeResponse {
  @ApiProperty({ description: 'Grows with time, over all instances.' })
  readonly sequence!: number;

  @ApiProperty({ format: 'uuid' })
  readonly instance_id!: string;

  @ApiProperty({ example: 'healthy' })
  readonly type!: string;

  @ApiProperty({ enum: healthStates })
  readonly status!: HealthState;

  @ApiProperty({ example: 'OutOfMemory', description: 'Stable.' })
  readonly reason!: string;

  @ApiProperty()
  readonly message!: string;

  @ApiProperty({ format: 'date-time' })
  readonly happened_at!: string;

  static of({ sequence, instanceId, type, status, ...change }: ConditionChange): ConditionChangeResponse {
    const { reason, message, happenedAt } = change;
    return {
      ...{ sequence, type, status, reason, message },
      instance_id: instanceId,
      happened_at: happenedAt.toISOString(),
    };
  }
}
