import { OperationProgressed } from '@saasodoo/contracts';
import { AppError } from '@saasodoo/kernel';
import type { Outbox } from '@saasodoo/messaging';
import type { Operation, OperationKind } from '@saasodoo/operations/domain';
import { runInTransaction, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import type { Claim, OperationClaims } from './operation-claims';
import { readOperations } from './read-operations';

export interface Entry {
  /** The operation as it shall be. */
  readonly operation: Operation;
  /** The steps that changed. */
  readonly steps?: readonly string[];
  /** Gives the operation back, to be taken up again after so long. */
  readonly retryInMs?: number;
  /** What else belongs to the same transaction. */
  readonly alongside?: (em: EntityManager) => Promise<void>;
}

// All rows or none, and only under the fence of the claim.
const RECORD = `
  WITH recorded AS (
    UPDATE operation SET
      status = $3, attempt = $4, error = $5, started_at = $6, ended_at = $7, sequence = sequence + 1,
      owner = CASE WHEN $7::timestamptz IS NULL AND $8::int IS NULL THEN owner END,
      lease_until = CASE WHEN $8::int IS NULL THEN lease_until ELSE '-infinity' END,
      next_attempt_at = CASE WHEN $8::int IS NULL THEN next_attempt_at
                             ELSE clock_timestamp() + make_interval(secs => $8::double precision / 1000) END
     WHERE id = $1 AND fence = $2 AND status IN ('running', 'compensating')
    RETURNING id, sequence, cancel_requested_at),
  checkpoint AS (
    UPDATE operation_step step SET
      status = changed.status, attempts = changed.attempts, progress = changed.progress, output = changed.output,
      error = changed.error, started_at = changed."startedAt", ended_at = changed."endedAt"
      FROM recorded, jsonb_to_recordset($9) AS changed (
        name text, status text, attempts int, progress text, output jsonb, error jsonb,
        "startedAt" timestamptz, "endedAt" timestamptz)
     WHERE step.operation_id = recorded.id AND step.name = changed.name)
  SELECT sequence, cancel_requested_at AS "cancelRequestedAt" FROM recorded`;

/** The only writer of operations that run: every change is fenced, numbered and told to whoever listens. */
export class OperationJournal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly claims: OperationClaims,
    private readonly outbox: Pick<Outbox, 'append' | 'wake'>,
  ) {}

  /** Takes the oldest due operation of these kinds; `undefined` when there is none. */
  async take(kinds: readonly OperationKind[]): Promise<{ claim: Claim; operation: Operation } | undefined> {
    const taken = await runInTransaction(this.dataSource, async (em) => {
      const claim = await this.claims.take(em, kinds);
      if (claim === undefined) return undefined;
      const [operation] = await readOperations(em, sql`operation WHERE id = ${claim.operationId}`);
      if (operation === undefined) throw fencedOff(claim);
      await this.announce(em, operation);
      return { claim, operation };
    });
    if (taken !== undefined) this.outbox.wake();
    return taken;
  }

  /** Stores a change and answers the operation as it is now. Throws `operation.fenced_off` when the claim is no longer ours. */
  async record(claim: Claim, entry: Entry): Promise<Operation> {
    const recorded = await runInTransaction(this.dataSource, async (em) => {
      if (entry.alongside !== undefined) await this.lockInstance(em, entry.operation);
      const [row] = await em.query<Pick<Operation, 'sequence'>[] & { cancelRequestedAt: Date | null }[]>(
        RECORD,
        parametersOf(claim, entry),
      );
      if (row === undefined) throw fencedOff(claim);
      const { sequence, cancelRequestedAt } = row;
      const operation = {
        ...entry.operation,
        sequence,
        ...(cancelRequestedAt === null ? {} : { cancelRequestedAt }),
      };
      await entry.alongside?.(em);
      await this.announce(em, operation);
      return operation;
    });
    this.outbox.wake();
    return recorded;
  }

  /** Instance before operation, as who asks for changes does: in another order the two would wait for each other. */
  private async lockInstance(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await em.query('SELECT FROM instance WHERE id = $1 FOR UPDATE', [instanceId]);
  }

  private async announce(
    em: EntityManager,
    { id, instanceId, status, sequence, ...operation }: Operation,
  ): Promise<void> {
    await this.outbox.append(
      em,
      OperationProgressed,
      { operation_id: id, instance_id: instanceId, status, sequence },
      { subject: instanceId, correlationId: operation.correlationId, traceparent: operation.traceparent },
    );
  }
}

function parametersOf({ operationId, fence }: Claim, { operation, steps = [], retryInMs }: Entry): unknown[] {
  const { status, attempt, error, startedAt, endedAt } = operation;
  return [
    ...[operationId, fence, status, attempt],
    error === undefined ? null : JSON.stringify(error),
    startedAt ?? null,
    endedAt ?? null,
    retryInMs ?? null,
    JSON.stringify(operation.steps.filter(({ name }) => steps.includes(name))),
  ];
}

function fencedOff({ operationId, fence }: Claim): AppError {
  return AppError.retryable(
    'operation.fenced_off',
    `fence ${fence} no longer writes to operation ${operationId}`,
    {
      facts: { operation_id: operationId, fence },
    },
  );
}
