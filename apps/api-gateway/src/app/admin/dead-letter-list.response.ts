import { ApiProperty } from '@nestjs/swagger';
import { DeadLetterResponse } from './dead-letter.response';

export class DeadLetterListResponse {
  @ApiProperty({ type: [DeadLetterResponse], description: 'Newest first.' })
  readonly dead_letters!: readonly DeadLetterResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
