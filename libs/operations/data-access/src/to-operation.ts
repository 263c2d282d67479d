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

type WithoutNulls<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

function withoutNulls<T extends object>(row: T): WithoutNulls<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as WithoutNulls<T>;
}
