import type { HealthState, NewObservation } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { runSql, sql } from '@saasodoo/persistence';
import type { EntityManager } from 'typeorm';
import { toRecord } from './observation-row';

/** What one look at everything saw anew. */
export interface ObservationPass {
  /** When it began: all that it does not name is as it was, as of then. */
  readonly startedAt: Date;
  readonly changed: readonly NewObservation[];
}

/** A health or its reason that became another one, and its number in the history. */
export interface RecordedChange {
  readonly sequence: number;
  readonly instanceId: string;
  readonly healthy: HealthState;
  readonly reason: string;
  readonly message: string;
  /** The last that was known for sure; absent when it never was. */
  readonly previous?: 'true' | 'false';
}

interface RecordedRow extends Omit<RecordedChange, 'previous'> {
  readonly previous: 'true' | 'false' | null;
}

/** See `ObservationRepository.record`. */
export async function recordObservations(
  em: EntityManager,
  { startedAt, changed }: ObservationPass,
): Promise<RecordedChange[]> {
  await takeTurn(em, startedAt);
  if (changed.length === 0) return [];
  const rows = await store(em, changed);
  return rows.map(({ previous, ...row }) => (previous === null ? row : { ...row, previous }));
}

/** Passes are written one after the other, and one that began earlier never over a later one: a leader may be slow to learn it has lost. */
async function takeTurn(em: EntityManager, startedAt: Date): Promise<void> {
  const taken = await runSql(
    em,
    sql`INSERT INTO observation_pass AS pass (started_at) VALUES (${startedAt})
          ON CONFLICT (single) DO UPDATE SET started_at = excluded.started_at
                       WHERE pass.started_at <= excluded.started_at
          RETURNING single`,
  );
  if (taken.length > 0) return;
  throw AppError.retryable('observation.outdated', 'a later look at the instances is stored already', {
    hint: 'Another monitor leads, or a clock went back; look again.',
    facts: { started_at: startedAt.toISOString() },
  });
}

/** What was there before is seen by every part of the statement, whichever is carried out first. */
function store(em: EntityManager, changed: readonly NewObservation[]): Promise<RecordedRow[]> {
  const records = JSON.stringify(changed.map(toRecord));
  return runSql<RecordedRow>(
    em,
    sql`WITH seen AS (
          SELECT new.*,
                 CASE WHEN old.healthy <> 'unknown' THEN old.healthy
                      ELSE (SELECT past.status FROM condition_history AS past
                             WHERE past.instance_id = new.instance_id AND past.status <> 'unknown'
                             ORDER BY past.id DESC LIMIT 1) END AS previous,
                 CASE WHEN old.healthy = new.healthy AND old.reason = new.reason THEN old.since END AS kept
            FROM jsonb_to_recordset(${records}::jsonb) AS new (instance_id uuid, healthy text, reason text, message text,
                   service jsonb, task jsonb, failures int, secret_present boolean, network_present boolean,
                   usage jsonb, probed_at timestamptz, http_status int, observed_at timestamptz)
            LEFT JOIN instance_observation AS old USING (instance_id)),
        stored AS (
          INSERT INTO instance_observation (instance_id, healthy, reason, message, since, service, task, failures,
                        secret_present, network_present, usage, probed_at, http_status, observed_at)
          SELECT instance_id, healthy, reason, message, coalesce(kept, observed_at), service, task, failures,
                 secret_present, network_present, usage, probed_at, http_status, observed_at
            FROM seen
              ON CONFLICT (instance_id) DO UPDATE
             SET healthy = excluded.healthy, reason = excluded.reason, message = excluded.message,
                 since = excluded.since, service = excluded.service, task = excluded.task,
                 failures = excluded.failures, secret_present = excluded.secret_present,
                 network_present = excluded.network_present, usage = excluded.usage, probed_at = excluded.probed_at,
                 http_status = excluded.http_status, observed_at = excluded.observed_at),
        told AS (
          INSERT INTO condition_history (instance_id, type, status, reason, message, happened_at)
          SELECT instance_id, 'healthy', healthy, reason, message, observed_at FROM seen WHERE kept IS NULL
          RETURNING id, instance_id, status, reason, message)
        SELECT told.id::float8 AS sequence, told.instance_id AS "instanceId", told.status AS healthy, told.reason,
               told.message, seen.previous
          FROM told JOIN seen USING (instance_id) ORDER BY told.id`,
  );
}
