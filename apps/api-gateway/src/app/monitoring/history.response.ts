import { ApiProperty } from '@nestjs/swagger';
import { ConditionChangeResponse } from './condition-change.response';

export class HistoryResponse {
  @ApiProperty({ type: [ConditionChangeResponse], description: 'Newest first.' })
  readonly changes!: readonly ConditionChangeResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
