import {
  type InstanceStatus,
  type ObservedCondition,
  readyCondition,
  statusesBefore,
} from '@saasodoo/instances/domain';
import { AppError, type ErrorRecord } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import { instanceNotFound } from './instance-not-found';

export interface InstanceTransition {
  /** The statuses it may have now, or every one that the transition table allows before `to`. */
  readonly from: readonly InstanceStatus[] | 'any allowed';
  readonly to: InstanceStatus;
  readonly set?: {
    /** Why; kept until the next transition. */
    readonly error?: ErrorRecord;
    readonly observedGeneration?: number;
    /** Besides `ready`, which follows from the status. */
    readonly conditions?: readonly ObservedCondition[];
  };
}

// A condition keeps its `since` for as long as its status stays the same.
const MOVE = `
  WITH moved AS (
    UPDATE instance SET
      status = $2,
      error = $4,
      observed_generation = coalesce($5, observed_generation),
      conditions = conditions || (
        SELECT jsonb_object_agg(key, value || jsonb_build_object('since',
                 CASE WHEN conditions -> key ->> 'status' = value ->> 'status' THEN conditions -> key -> 'since'
                      ELSE to_jsonb(clock_timestamp()) END))
          FROM jsonb_each($6)),
      started_at = CASE WHEN $2 = 'running' THEN clock_timestamp() ELSE started_at END,
      terminated_at = CASE WHEN $2 = 'terminated' THEN clock_timestamp() ELSE terminated_at END,
      name_claimed = name_claimed AND $2 <> 'terminated',
      updated_at = clock_timestamp()
    WHERE id = $1 AND status = ANY ($3)
    RETURNING id)
  SELECT id FROM moved`;

/** See `InstanceRepository.transition`. */
export async function moveInstance(
  em: EntityManager,
  id: string,
  { from, to, set = {} }: InstanceTransition,
): Promise<void> {
  const allowed = statusesBefore(to).filter((status) => from === 'any allowed' || from.includes(status));
  const conditions = [readyCondition(to, set.error), ...(set.conditions ?? [])];
  const moved = await em.query<unknown[]>(MOVE, [
    id,
    to,
    allowed,
    set.error === undefined ? null : JSON.stringify(set.error),
    set.observedGeneration ?? null,
    JSON.stringify(Object.fromEntries(conditions.map(({ type, ...condition }) => [type, condition]))),
  ]);
  if (moved.length === 0) throw await refusal(em, id, to);
}

async function refusal(em: EntityManager, id: string, wanted: InstanceStatus): Promise<AppError> {
  const [row] = await em.query<{ status: InstanceStatus }[]>('SELECT status FROM instance WHERE id = $1', [
    id,
  ]);
  if (row === undefined) return instanceNotFound(id);
  return AppError.terminal(
    'instance.status_conflict',
    `an instance that is ${row.status} cannot become ${wanted}`,
    {
      httpStatus: 409,
      hint: 'Wait for the operation that runs on it, or ask for something its status allows.',
      facts: { instance_id: id, status: row.status, wanted },
    },
  );
}
