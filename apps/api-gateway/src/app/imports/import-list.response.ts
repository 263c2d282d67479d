import { ApiProperty } from '@nestjs/swagger';
import { ImportResponse } from './import.response';

export class ImportListResponse {
  @ApiProperty({ type: [ImportResponse], description: 'Newest first.' })
  readonly imports!: readonly ImportResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
