import { ApiProperty } from '@nestjs/swagger';

export class TaskResponse {
  @ApiProperty()
  readonly id!: string;

  @ApiProperty({ example: 'running', description: 'As Docker Swarm names it.' })
  readonly state!: string;

  @ApiProperty({ example: 'running' })
  readonly desired_state!: string;

  @ApiProperty({ nullable: true, type: String })
  readonly node!: string | null;

  @ApiProperty({ description: "Docker's own words; empty when there is nothing to say." })
  readonly error!: string;

  @ApiProperty({ nullable: true, type: Number })
  readonly exit_code!: number | null;

  @ApiProperty()
  readonly revision!: number;

  @ApiProperty({ format: 'date-time', description: 'When the state was reached.' })
  readonly since!: string;
}

/** A service as the engine has it at this moment. */
export class ServiceStatusResponse {
  @ApiProperty()
  readonly id!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  readonly instance_id!: string | null;

  @ApiProperty()
  readonly image!: string;

  @ApiProperty({ description: 'How many tasks it is meant to have.' })
  readonly replicas!: number;

  @ApiProperty()
  readonly revision!: number;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ type: [TaskResponse], description: 'Newest first, those that ended included.' })
  readonly tasks!: readonly TaskResponse[];
}
