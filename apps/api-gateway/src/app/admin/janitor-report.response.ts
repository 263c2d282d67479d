import { ApiProperty } from '@nestjs/swagger';

/** What a run of the janitor found and did, as the janitor of the same release says it. */
export class JanitorReportResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'date-time' })
  readonly started_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly ended_at!: string;

  @ApiProperty({ description: 'Nothing was done: the findings say what would have been.' })
  readonly dry_run!: boolean;

  @ApiProperty({ type: Object, nullable: true, description: 'Why the run did nothing.' })
  readonly alarm!: object | null;

  @ApiProperty({ type: Object, description: 'By kind of thing, and rows removed by table.' })
  readonly counts!: object;

  @ApiProperty({ type: [Object], description: 'What was done, would be done, or could not be done.' })
  readonly findings!: readonly object[];
}
