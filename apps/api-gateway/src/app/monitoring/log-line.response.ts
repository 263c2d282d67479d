import { ApiProperty } from '@nestjs/swagger';

export class LogLineResponse {
  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'Null for what the engine says.',
  })
  readonly time!: string | null;

  @ApiProperty({ enum: ['stdout', 'stderr', 'system'] })
  readonly stream!: 'stdout' | 'stderr' | 'system';

  @ApiProperty()
  readonly text!: string;

  @ApiProperty({ nullable: true, type: String, description: 'The task that wrote it.' })
  readonly task_id!: string | null;
}
