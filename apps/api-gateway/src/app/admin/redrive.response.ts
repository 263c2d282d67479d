import { ApiProperty } from '@nestjs/swagger';

export class RedriveResponse {
  @ApiProperty({ description: 'How many messages are on their way again.' })
  readonly redriven!: number;
}
