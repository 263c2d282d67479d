import { newId } from '@saasodoo/kernel';
import {
  cancellableKinds,
  type JsonObject,
  type Operation,
  type OperationKind,
  type OperationStatus,
  type OperationStep,
  stepListOf,
} from '@saasodoo/operations/domain';
import { type DataSource, type EntityManager, type FindOptionsWhere, In } from 'typeorm';
import { OperationEntity } from './operation.entity';
import { toOperation } from './to-operation';

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
  readonly status?: OperationStatus;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

// One statement for the operation and its steps: accepting a request costs one round trip.
const OPEN = `
  WITH opened AS (
    INSERT INTO operation (id, instance_id, customer_id, kind, generation, input, correlation_id, traceparent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id, created_at),
  listed AS (
    INSERT INTO operation_step (operation_id, position, name)
    SELECT opened.id, step.position, step.name
      FROM opened, unnest($9::text[]) WITH ORDINALITY AS step (name, position))
  SELECT created_at AS "createdAt" FROM opened`;

const CANCEL = `
  WITH cancelled AS (
    UPDATE operation SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
     WHERE id = $1 AND kind = ANY ($2) AND status IN ('queued', 'running')
    RETURNING id)
  SELECT id FROM cancelled`;

/** The operations in PostgreSQL, as those see them who ask for them; `OperationRunner` carries them out. */
export class OperationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a queued operation with all its steps. */
  async open(em: EntityManager, wish: NewOperation): Promise<Operation> {
    const { id = newId(), input = {}, ...rest } = wish;
    const names = stepListOf(wish.kind);
    const [row] = await em.query<{ createdAt: Date }[]>(OPEN, [
      id,
      wish.instanceId,
      wish.customerId,
      wish.kind,
      wish.generation,
      JSON.stringify(input),
      wish.correlationId,
      wish.traceparent ?? null,
      names,
    ]);
    const createdAt = row?.createdAt ?? new Date();
    return {
      ...rest,
      id,
      input,
      createdAt,
      status: 'queued',
      attempt: 1,
      sequence: 0,
      steps: names.map(pending),
    };
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Operation | undefined> {
    return this.findOne(em, { id });
  }

  /** Somebody else's operation is not there. */
  async findForCustomer(
    id: string,
    customerId: string,
    em: EntityManager = this.dataSource.manager,
  ): Promise<Operation | undefined> {
    return this.findOne(em, { id, customerId });
  }

  /** The newest operation of each instance. */
  async latestOf(
    instanceIds: readonly string[],
    em: EntityManager = this.dataSource.manager,
  ): Promise<Map<string, Operation>> {
    if (instanceIds.length === 0) return new Map();
    const latest = await em.query<{ id: string }[]>(
      `SELECT DISTINCT ON (instance_id) id FROM operation WHERE instance_id = ANY ($1)
        ORDER BY instance_id, position DESC`,
      [instanceIds],
    );
    const rows = await em.find(OperationEntity, {
      where: { id: In(latest.map(({ id }) => id)) },
      relations: { steps: true },
    });
    return new Map(rows.map((row) => [row.instanceId, toOperation(row)]));
  }

  /** Newest first. */
  async list({
    page,
    pageSize,
    ...where
  }: OperationFilter): Promise<{ operations: Operation[]; total: number }> {
    const [rows, total] = await this.dataSource.manager.findAndCount(OperationEntity, {
      where,
      relations: { steps: true },
      order: { position: 'DESC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { operations: rows.map(toOperation), total };
  }

  /** The operation that runs on the instance or is undone; at most one. */
  async activeFor(em: EntityManager, instanceId: string): Promise<Operation | undefined> {
    return (
      (await this.findOne(em, { instanceId, status: 'running' })) ??
      (await this.findOne(em, { instanceId, status: 'compensating' }))
    );
  }

  /** Operations of the instance that have not ended, oldest first: the first one runs, the others wait. */
  async openFor(em: EntityManager, instanceId: string): Promise<Operation[]> {
    const rows = await em.find(OperationEntity, {
      where: (['queued', 'running', 'compensating'] as const).map((status) => ({ instanceId, status })),
      relations: { steps: true },
      order: { position: 'ASC' },
    });
    return rows.map(toOperation);
  }

  /**
   * Calls an operation off: whoever runs it stops and undoes what was done. `false` when its kind cannot be
   * cancelled, or when it has ended or is being undone already.
   */
  async requestCancel(em: EntityManager, id: string): Promise<boolean> {
    const cancelled = await em.query<unknown[]>(CANCEL, [id, cancellableKinds]);
    return cancelled.length > 0;
  }

  private async findOne(
    em: EntityManager,
    where: FindOptionsWhere<OperationEntity>,
  ): Promise<Operation | undefined> {
    const row = await em.findOne(OperationEntity, { where, relations: { steps: true } });
    return row === null ? undefined : toOperation(row);
  }
}

function pending(name: string): OperationStep {
  return { name, status: 'pending', attempts: 0 };
}
