import { ApiProperty } from '@nestjs/swagger';
import type { MonitoredInstance } from '@saasodoo/instances/data-access';
import { type HealthState, healthStates, type Observation } from '@saasodoo/instances/domain';
import { timestamp } from '../http/timestamp';

/** The monitor looks every second; what is older than this may have changed without anybody knowing. */
const STALE_MS = 15_000;

export class SeenServiceResponse {
  @ApiProperty()
  readonly id!: string;

  @ApiProperty({ description: 'How many tasks it is meant to have.' })
  readonly replicas!: number;
}

export class SeenTaskResponse {
  @ApiProperty()
  readonly id!: string;

  @ApiProperty({ example: 'running', description: 'As Docker Swarm names it.' })
  readonly state!: string;

  @ApiProperty({ format: 'date-time', description: 'When the state was reached.' })
  readonly since!: string;
}

export class UsageResponse {
  @ApiProperty({ description: '100 is one whole CPU.' })
  readonly cpu_percent!: number;

  @ApiProperty()
  readonly memory_bytes!: number;
}

/** What the monitor last saw of an instance. */
export class HealthResponse {
  @ApiProperty({ format: 'uuid' })
  readonly instance_id!: string;

  @ApiProperty({ example: 'odoo-mine-019b2f3c' })
  readonly service_name!: string;

  @ApiProperty({ enum: healthStates, description: '`unknown` while it is changed or not meant to run.' })
  readonly healthy!: HealthState;

  @ApiProperty({ example: 'NotAnswering', description: 'Stable.' })
  readonly reason!: string;

  @ApiProperty()
  readonly message!: string;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'When health or reason last changed.',
  })
  readonly since!: string | null;

  @ApiProperty({ type: SeenServiceResponse, nullable: true })
  readonly service!: SeenServiceResponse | null;

  @ApiProperty({
    type: SeenTaskResponse,
    nullable: true,
    description: 'That runs, or the newest that tried to.',
  })
  readonly task!: SeenTaskResponse | null;

  @ApiProperty({ description: 'Tasks that failed within the last ten minutes.' })
  readonly failures!: number;

  @ApiProperty({ type: UsageResponse, nullable: true })
  readonly usage!: UsageResponse | null;

  @ApiProperty({ nullable: true, type: Number, description: 'What Odoo last answered over HTTP.' })
  readonly http_status!: number | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String, description: 'As of when this is true.' })
  readonly observed_at!: string | null;

  @ApiProperty({ description: 'Whether nobody has looked for a while: the monitor is away.' })
  readonly stale!: boolean;

  static of({ id, serviceName, observation }: MonitoredInstance, now: Date): HealthResponse {
    const names = { instance_id: id, service_name: serviceName };
    return observation === undefined ? { ...names, ...NOT_SEEN } : { ...names, ...seen(observation, now) };
  }
}

type Seen = Omit<HealthResponse, 'instance_id' | 'service_name'>;

const NOT_SEEN: Seen = {
  healthy: 'unknown',
  reason: 'NotObserved',
  message: 'The monitor has not looked at it yet.',
  since: null,
  service: null,
  task: null,
  failures: 0,
  usage: null,
  http_status: null,
  observed_at: null,
  stale: true,
};

function seen(observation: Observation, now: Date): Seen {
  const { healthy, reason, message, service, task, usage, failures, httpStatus, observedAt } = observation;
  return {
    ...{ healthy, reason, message, failures },
    since: timestamp(observation.since),
    service: service === undefined ? null : { id: service.id, replicas: service.replicas },
    task: task === undefined ? null : { id: task.id, state: task.state, since: task.since.toISOString() },
    usage: usage === undefined ? null : { cpu_percent: usage.cpuPercent, memory_bytes: usage.memoryBytes },
    http_status: httpStatus ?? null,
    observed_at: timestamp(observedAt),
    stale: now.getTime() - observedAt.getTime() > STALE_MS,
  };
}
