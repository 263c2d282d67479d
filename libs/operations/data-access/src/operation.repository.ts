import { newId } from '@saasodoo/kernel';
import { runSql, type Sql, sql, writeTogether } from '@saasodoo/persistence';
import {
  cancellableKinds,
  type JsonObject,
  type Operation,
  type OperationKind,
  type OperationStatus,
  type OperationStep,
  stepListOf,
  supersedableKinds,
  yieldingKinds,
} from '@saasodoo/operations/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { readOperations } from './read-operations';

export interface NewOperation {
  readonly id?: string;
  readonly instanceId: string;
  readonly customerId: string;
  readonly kind: OperationKind;
  readonly generation: number;
  /** What the steps must know besides the instance; never a secret. */
  readonly input?: JsonObject;
  readonly correlationId: string;
  readonly traceparent?: string;
}

export interface OperationFilter {
  readonly instanceId?: string;
  readonly customerId?: string;
  readonly kind?: OperationKind;
  readonly status?: OperationStatus;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** An operation that is not stored yet. */
export interface Opening {
  /** Store it, together and with the `now()` that `opened` is told. */
  readonly writes: readonly Sql[];
  /** The operation as it would be read. */
  readonly opened: (now: Date) => Operation;
}

/** Who asked for an operation that the platform opened by itself, as its input says (`requested_by`). */
export const RECONCILER = 'reconciler';

const CANCEL = `
  WITH cancelled AS (
    UPDATE operation SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
     WHERE id = $1 AND kind = ANY ($2) AND status IN ('queued', 'running')
    RETURNING id)
  SELECT id FROM cancelled`;

const SUPERSEDE = `
  UPDATE operation SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
   WHERE instance_id = $1 AND kind = ANY ($2) AND status IN ('queued', 'running')`;

/** Before these there was nothing. */
const FIRST: readonly OperationKind[] = ['create', 'restore-new', 'import'];

const PASS_ON = `
  WITH next AS (
    SELECT id FROM operation
     WHERE instance_id = $1 AND status = 'queued' AND cancel_requested_at IS NULL AND input ? $2
     ORDER BY position LIMIT 1),
  passed AS (
    UPDATE operation SET input = jsonb_set(input, ARRAY[$2], $3) FROM next WHERE operation.id = next.id
    RETURNING operation.id)
  SELECT id FROM passed`;

/** The operations in PostgreSQL, as those see them who ask for them; `OperationRunner` carries them out. */
export class OperationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a queued operation with all its steps; what yields to it is called off. */
  async open(em: EntityManager, wish: NewOperation): Promise<Operation> {
    const { writes, opened } = this.opening(wish);
    return opened(await writeTogether(em, writes));
  }

  /** The same for whoever stores something else in the same statement. */
  opening({ id = newId(), input = {}, ...wish }: NewOperation): Opening {
    const names = stepListOf(wish.kind);
    const steps = names.map(pending);
    const writes = [
      sql`INSERT INTO operation (id, instance_id, customer_id, kind, generation, input, correlation_id, traceparent,
            created_at)
          VALUES (${id}, ${wish.instanceId}, ${wish.customerId}, ${wish.kind}, ${wish.generation},
            ${JSON.stringify(input)}, ${wish.correlationId}, ${wish.traceparent}, now())`,
      sql`INSERT INTO operation_step (operation_id, position, name)
          SELECT ${id}::uuid, position, name FROM unnest(${names}::text[]) WITH ORDINALITY AS step (name, position)`,
      ...callingOff(wish),
    ];
    const opened = (now: Date): Operation => {
      return { ...wish, id, input, createdAt: now, status: 'queued', attempt: 1, sequence: 0, steps };
    };
    return { writes, opened };
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Operation | undefined> {
    return this.findOne(em, sql`id = ${id}`);
  }

  /** Somebody else's operation is not there. */
  async findForCustomer(
    id: string,
    customerId: string,
    em: EntityManager = this.dataSource.manager,
  ): Promise<Operation | undefined> {
    return this.findOne(em, sql`id = ${id} AND customer_id = ${customerId}`);
  }

  /** The newest operation of each instance. */
  async latestOf(
    instanceIds: readonly string[],
    em: EntityManager = this.dataSource.manager,
  ): Promise<Map<string, Operation>> {
    if (instanceIds.length === 0) return new Map();
    const latest = await readOperations(
      em,
      sql`unnest(${instanceIds}::uuid[]) AS wanted (id)
          CROSS JOIN LATERAL (
            SELECT * FROM operation WHERE instance_id = wanted.id ORDER BY position DESC LIMIT 1) AS operation`,
    );
    return new Map(latest.map((operation) => [operation.instanceId, operation]));
  }

  /** Newest first. */
  async list({
    page,
    pageSize,
    ...wanted
  }: OperationFilter): Promise<{ operations: Operation[]; total: number }> {
    const em = this.dataSource.manager;
    const condition = conditionOf(wanted);
    const offset = (page - 1) * pageSize;
    const [operations, [counted]] = await Promise.all([
      readOperations(
        em,
        sql`operation WHERE ${condition} ORDER BY position DESC LIMIT ${pageSize} OFFSET ${offset}`,
      ),
      runSql<{ total: number }>(em, sql`SELECT count(*)::int AS total FROM operation WHERE ${condition}`),
    ]);
    return { operations, total: counted?.total ?? 0 };
  }

  /** The operation that runs on the instance or is undone; at most one. */
  async activeFor(em: EntityManager, instanceId: string): Promise<Operation | undefined> {
    return this.findOne(em, sql`instance_id = ${instanceId} AND status IN ('running', 'compensating')`);
  }

  /** Operations of the instance that have not ended, oldest first: the first one runs, the others wait. */
  async openFor(em: EntityManager, instanceId: string): Promise<Operation[]> {
    return readOperations(
      em,
      sql`operation WHERE instance_id = ${instanceId} AND status IN ('queued', 'running', 'compensating')
           ORDER BY position`,
    );
  }

  /** How often the platform repaired the instance by itself within the last hour, and when its last operation ended. */
  async repairsOf(em: EntityManager, instanceId: string): Promise<{ count: number; settledAt?: Date }> {
    const [row] = await runSql<{ count: number; settledAt: Date | null }>(
      em,
      sql`SELECT count(*) FILTER (WHERE input ->> 'requested_by' = ${RECONCILER}
                   AND ended_at > clock_timestamp() - interval '1 hour')::int AS count,
                 max(ended_at) AS "settledAt"
            FROM operation WHERE instance_id = ${instanceId}`,
    );
    const { count = 0, settledAt = null } = row ?? {};
    return { count, ...(settledAt === null ? {} : { settledAt }) };
  }

  /** How many repairs are under way. */
  async openRepairs(): Promise<number> {
    const [row] = await runSql<{ count: number }>(
      this.dataSource.manager,
      sql`SELECT count(*)::int AS count FROM operation
           WHERE status IN ('queued', 'running', 'compensating') AND input ->> 'requested_by' = ${RECONCILER}`,
    );
    return row?.count ?? 0;
  }

  /**
   * Calls an operation off: whoever runs it stops and undoes what was done. `false` when its kind cannot be
   * cancelled, or when it has ended or is being undone already.
   */
  async requestCancel(em: EntityManager, id: string): Promise<boolean> {
    const cancelled = await em.query<unknown[]>(CANCEL, [id, cancellableKinds]);
    return cancelled.length > 0;
  }

  /**
   * Calls off whatever of the instance a newer wish takes the place of, whether it waits or runs. The caller holds the
   * instance's row and opens the operation of the newer wish in the same transaction.
   */
  async supersede(em: EntityManager, instanceId: string): Promise<void> {
    await em.query(SUPERSEDE, [instanceId, supersedableKinds]);
  }

  /**
   * Gives the next operation of the instance that waits and has an input of this name the value that this one had;
   * `false` when there is none.
   */
  async passOn(em: EntityManager, { instanceId, input }: Operation, name: string): Promise<boolean> {
    const passed = await em.query<unknown[]>(PASS_ON, [instanceId, name, JSON.stringify(input[name])]);
    return passed.length > 0;
  }

  private async findOne(em: EntityManager, condition: Sql): Promise<Operation | undefined> {
    const [operation] = await readOperations(em, sql`operation WHERE ${condition}`);
    return operation;
  }
}

function conditionOf({
  customerId,
  instanceId,
  kind,
  status,
}: Omit<OperationFilter, 'page' | 'pageSize'>): Sql {
  const conditions = [
    ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}`]),
    ...(instanceId === undefined ? [] : [sql`instance_id = ${instanceId}`]),
    ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
    ...(status === undefined ? [] : [sql`status = ${status}`]),
  ];
  return conditions.reduce((all, one) => sql`${all} AND ${one}`, sql`true`);
}

/** Whoever waits comes first. */
function callingOff({ kind, instanceId }: Pick<NewOperation, 'kind' | 'instanceId'>): Sql[] {
  if (FIRST.includes(kind) || yieldingKinds.includes(kind)) return [];
  return [
    sql`UPDATE operation SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
         WHERE instance_id = ${instanceId} AND kind = ANY (${yieldingKinds}) AND status IN ('queued', 'running')`,
  ];
}

function pending(name: string): OperationStep {
  return { name, status: 'pending', attempts: 0 };
}
