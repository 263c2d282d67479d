import { withoutNulls } from '@saasodoo/kernel';
import type { Operation, OperationStep } from '@saasodoo/operations/domain';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { EntityManager } from 'typeorm';
import type { OperationStepEntity } from './operation-step.entity';
import type { OperationEntity } from './operation.entity';

/** A step inside of JSON, where times are text. */
interface StepRow extends Omit<
  OperationStepEntity,
  'operationId' | 'position' | 'operation' | 'startedAt' | 'endedAt'
> {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

interface OperationRow extends Omit<OperationEntity, 'position' | 'steps'> {
  readonly steps: readonly StepRow[];
}

const SELECT = sql`
  SELECT operation.id, instance_id AS "instanceId", customer_id AS "customerId", kind, generation, input, status,
         attempt, error, correlation_id AS "correlationId", traceparent, cancel_requested_at AS "cancelRequestedAt",
         sequence, created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt",
         (SELECT coalesce(json_agg(json_build_object('name', name, 'status', step.status, 'attempts', attempts,
                   'progress', progress, 'output', output, 'error', step.error, 'startedAt', step.started_at,
                   'endedAt', step.ended_at) ORDER BY step.position), '[]')
            FROM operation_step AS step WHERE step.operation_id = operation.id) AS steps
    FROM`;

/** @param source what follows FROM: something called `operation`, with its conditions and its order. */
export async function readOperations(em: EntityManager, source: Sql): Promise<Operation[]> {
  const rows = await runSql<OperationRow>(em, sql`${SELECT} ${source}`);
  return rows.map(toOperation);
}

/** The rows as the domain sees them: null becomes absent, steps are in order. */
function toOperation({ steps, ...row }: OperationRow): Operation {
  return { ...withoutNulls(row), steps: steps.map(toStep) };
}

function toStep({ startedAt, endedAt, ...row }: StepRow): OperationStep {
  return {
    ...withoutNulls(row),
    ...(startedAt === null ? {} : { startedAt: new Date(startedAt) }),
    ...(endedAt === null ? {} : { endedAt: new Date(endedAt) }),
  };
}
