import { ApiProperty } from '@nestjs/swagger';
import { InstanceResponse } from './instance.response';

export class InstanceListResponse {
  @ApiProperty({ type: [InstanceResponse], description: 'Newest first.' })
  readonly instances!: readonly InstanceResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
