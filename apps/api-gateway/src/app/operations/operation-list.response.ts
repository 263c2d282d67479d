import { ApiProperty } from '@nestjs/swagger';
import { OperationResponse } from './operation.response';

export class OperationListResponse {
  @ApiProperty({ type: [OperationResponse], description: 'Newest first.' })
  readonly operations!: readonly OperationResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
