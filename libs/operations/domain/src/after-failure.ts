import { isRetryable } from '@saasodoo/kernel';
import type { Operation } from './operation';
import { dataKinds, persistentKinds } from './operation-kind';

export interface FailurePolicy {
  readonly maxStepAttempts: number;
  /** Milliseconds from the beginning of the work, for kinds that move no data. */
  readonly operationTimeoutMs: number;
}

/**
 * What follows an error: the same again later, or turn back. `step` is absent when the error came from the beginning or
 * the end of the operation. Undoing is never given up: its operation stays visible as compensating until it succeeds.
 */
export function afterFailure(
  operation: Operation,
  { error, step, now }: { readonly error: unknown; readonly step?: string; readonly now: Date },
  { maxStepAttempts, operationTimeoutMs }: FailurePolicy,
): 'retry' | 'turn-back' {
  if (operation.status === 'compensating') return 'retry';
  if (!isRetryable(error)) return 'turn-back';
  // There is nothing to turn back to: half a removal is worth nothing.
  if (persistentKinds.includes(operation.kind)) return 'retry';
  const elapsedMs = now.getTime() - (operation.startedAt ?? now).getTime();
  const isLate = elapsedMs >= operationTimeoutMs && !dataKinds.includes(operation.kind);
  return attemptsOf(operation, step) < maxStepAttempts && !isLate ? 'retry' : 'turn-back';
}

/** How often what failed was tried, which is also what the back-off grows with. */
export function attemptsOf(operation: Operation, step?: string): number {
  return operation.steps.find(({ name }) => name === step)?.attempts ?? operation.attempt;
}
