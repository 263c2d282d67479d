import type { OperationKind } from '@saasodoo/operations/domain';
import type { DataSource, EntityManager } from 'typeorm';

export interface Claim {
  readonly operationId: string;
  readonly fence: number;
}

// The oldest due operation that nobody holds. Operations of one instance run in the order they were accepted: one that
// has begun goes on, one that is queued waits for everything older. SKIP LOCKED lets claimers pass each other; the
// unique index refuses what two of them may still have overlooked.
const CLAIM = `
  WITH due AS MATERIALIZED (
    SELECT candidate.id FROM operation candidate
     WHERE candidate.status IN ('queued', 'running', 'compensating')
       AND candidate.kind = ANY ($1)
       AND candidate.lease_until < clock_timestamp()
       AND candidate.next_attempt_at <= clock_timestamp()
       AND (candidate.status <> 'queued' OR NOT EXISTS (
         SELECT 1 FROM operation other
          WHERE other.instance_id = candidate.instance_id AND other.id <> candidate.id
            AND (other.status IN ('running', 'compensating')
                 OR other.status = 'queued' AND other.position < candidate.position)))
     ORDER BY candidate.position
     LIMIT 1
     FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE operation SET
      status = CASE status WHEN 'queued' THEN 'running' ELSE status END,
      owner = $2,
      fence = fence + 1,
      lease_until = clock_timestamp() + make_interval(secs => $3::double precision / 1000),
      sequence = sequence + 1
    FROM due WHERE operation.id = due.id
    RETURNING operation.id, fence)
  SELECT id AS "operationId", fence FROM claimed`;

const RENEW = `
  WITH renewed AS (
    UPDATE operation SET lease_until = clock_timestamp() + make_interval(secs => $3::double precision / 1000)
     WHERE id = $1 AND fence = $2 AND status IN ('running', 'compensating')
    RETURNING id)
  SELECT id FROM renewed`;

const RELEASE = `
  UPDATE operation SET lease_until = '-infinity', owner = NULL
   WHERE id = $1 AND fence = $2 AND status IN ('running', 'compensating')`;

/** The exclusive right to act on an operation: taken, kept and handed back. Time is PostgreSQL's alone. */
export class OperationClaims {
  constructor(
    private readonly dataSource: DataSource,
    private readonly owner: string,
    private readonly leaseMs: number,
  ) {}

  /** Takes the oldest due operation of these kinds; `undefined` when there is none. */
  async take(em: EntityManager, kinds: readonly OperationKind[]): Promise<Claim | undefined> {
    const [claim] = await em.query<Claim[]>(CLAIM, [kinds, this.owner, this.leaseMs]);
    return claim;
  }

  /** `false` when somebody else has taken the operation, or it has ended. */
  async renew({ operationId, fence }: Claim): Promise<boolean> {
    const renewed = await this.dataSource.query<unknown[]>(RENEW, [operationId, fence, this.leaseMs]);
    return renewed.length > 0;
  }

  /** Lets another worker go on at once. Does nothing when the claim is no longer ours. */
  async release({ operationId, fence }: Claim): Promise<void> {
    await this.dataSource.query(RELEASE, [operationId, fence]);
  }

  /** Those of the operations that were called off, and when. */
  async cancelled(operationIds: readonly string[]): Promise<{ operationId: string; at: Date }[]> {
    if (operationIds.length === 0) return [];
    return this.dataSource.query<{ operationId: string; at: Date }[]>(
      `SELECT id AS "operationId", cancel_requested_at AS at FROM operation
        WHERE id = ANY ($1) AND cancel_requested_at IS NOT NULL`,
      [operationIds],
    );
  }
}
