import { ApiProperty } from '@nestjs/swagger';

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export type Counts = Readonly<Record<string, number>>;

export class MessageStatsResponse {
  @ApiProperty({ description: 'Written and not yet sent.' })
  readonly outbox!: number;

  @ApiProperty({ description: 'Received and not yet handled, by all apps.' })
  readonly inbox!: number;

  @ApiProperty({ ...COUNTS, description: 'Waiting for a human, by place; see /admin/dead-letters.' })
  readonly dead_letters!: Counts;
}

/** How much there is of everything, now. */
export class StatsResponse {
  @ApiProperty({ ...COUNTS, example: { running: 12, stopped: 3 } })
  readonly instances_by_status!: Counts;

  @ApiProperty({ ...COUNTS, description: 'Of those that are not terminated, as last seen.' })
  readonly instances_by_health!: Counts;

  @ApiProperty({ ...COUNTS, example: { succeeded: 40, failed: 1 } })
  readonly operations_by_status!: Counts;

  @ApiProperty({ ...COUNTS, example: { customer: 20, admin: 1 } })
  readonly customers_by_role!: Counts;

  @ApiProperty({ type: MessageStatsResponse })
  readonly messages!: MessageStatsResponse;
}
