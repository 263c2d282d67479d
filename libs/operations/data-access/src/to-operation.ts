import { withoutNulls } from '@saasodoo/kernel';
import type { Operation, OperationStep } from '@saasodoo/operations/domain';
import type { OperationStepEntity } from './operation-step.entity';
import type { OperationEntity } from './operation.entity';

/** The rows as the domain sees them: null becomes absent, steps are in order. */
export function toOperation({ position, steps, ...row }: OperationEntity): Operation {
  const inOrder = [...steps].sort((one, other) => one.position - other.position);
  return { ...withoutNulls(row), steps: inOrder.map(toStep) };
}

function toStep({ operationId, position, operation, ...row }: OperationStepEntity): OperationStep {
  return withoutNulls(row);
}
