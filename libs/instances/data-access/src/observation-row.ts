import type {
  NewObservation,
  Observation,
  ObservedService,
  ObservedTask,
  ObservedUsage,
} from '@saasodoo/instances/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { sql } from '@saasodoo/persistence';

/** jsonb holds times as text. */
type Stored<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] };

export interface ObservationRow {
  readonly instanceId: string;
  readonly healthy: Observation['healthy'];
  readonly reason: string;
  readonly message: string;
  readonly since: Date;
  readonly service: Stored<ObservedService> | null;
  readonly task: Stored<ObservedTask> | null;
  readonly failures: number;
  readonly secretPresent: boolean;
  readonly networkPresent: boolean;
  readonly usage: ObservedUsage | null;
  readonly probedAt: Date | null;
  readonly httpStatus: number | null;
  readonly observedAt: Date;
}

/** Answers `ObservationRow`; a condition may follow. A row that has not changed since is true as of the last pass. */
export const selectObservations = sql`
  SELECT seen.instance_id AS "instanceId", seen.healthy, seen.reason, seen.message, seen.since, seen.service, seen.task,
         seen.failures, seen.secret_present AS "secretPresent", seen.network_present AS "networkPresent", seen.usage,
         seen.probed_at AS "probedAt", seen.http_status AS "httpStatus",
         greatest(seen.observed_at, (SELECT started_at FROM observation_pass)) AS "observedAt"
    FROM instance_observation AS seen`;

export function toObservation({ service, task, ...row }: ObservationRow): Observation {
  return {
    ...withoutNulls(row),
    ...(service === null ? {} : { service: { ...service, createdAt: new Date(service.createdAt) } }),
    ...(task === null ? {} : { task: { ...task, since: new Date(task.since) } }),
  };
}

/** As `jsonb_to_recordset` reads it, by the names of the columns. */
export function toRecord(observation: NewObservation): object {
  return {
    instance_id: observation.instanceId,
    healthy: observation.healthy,
    reason: observation.reason,
    message: observation.message,
    service: observation.service,
    task: observation.task,
    failures: observation.failures,
    secret_present: observation.secretPresent,
    network_present: observation.networkPresent,
    usage: observation.usage,
    probed_at: observation.probedAt,
    http_status: observation.httpStatus,
    observed_at: observation.observedAt,
  };
}
