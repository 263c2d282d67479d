import type { ErrorRecord } from '@saasodoo/kernel';
import type { JsonObject } from './json';
import type { Operation, OperationStep } from './operation';

/** Code of the error of an operation that was called off. */
export const CANCELLED = 'operation.cancelled';

/** The work of the operation begins; it is so once, whoever resumes it. */
export function begun(operation: Operation, now: Date): Operation {
  return { ...operation, startedAt: now };
}

/** From here on everything is undone; `error` says why. */
export function turnedBack(operation: Operation, error: ErrorRecord): Operation {
  return { ...operation, status: 'compensating', error };
}

/** Put back, to be tried again later. */
export function putBack(operation: Operation): Operation {
  return { ...operation, attempt: operation.attempt + 1 };
}

/** Nothing follows. */
export function ended(
  operation: Operation,
  status: 'succeeded' | 'failed' | 'cancelled',
  now: Date,
): Operation {
  return { ...operation, status, endedAt: now };
}

export function stepBegun(operation: Operation, name: string, now: Date): Operation {
  return withStep(operation, name, ({ endedAt: _, progress: __, ...step }) => ({
    ...step,
    status: 'running',
    attempts: step.attempts + 1,
    startedAt: step.startedAt ?? now,
  }));
}

export interface StepResult {
  /** `skipped`: what it would do was so already. */
  readonly status: 'done' | 'skipped';
  readonly output?: JsonObject;
}

export function stepDone(operation: Operation, name: string, result: StepResult, now: Date): Operation {
  return withStep(operation, name, ({ error: _, progress: __, ...step }) => ({
    ...step,
    ...result,
    endedAt: now,
  }));
}

export function stepFailed(operation: Operation, name: string, error: ErrorRecord, now: Date): Operation {
  return withStep(operation, name, (step) => ({ ...step, status: 'failed', error, endedAt: now }));
}

/** Undoing it failed: the step stays as it is, for nothing is known of its effect, and is tried again. */
export function stepUndoFailed(operation: Operation, name: string, error: ErrorRecord): Operation {
  return withStep(operation, name, (step) => ({ ...step, attempts: step.attempts + 1, error }));
}

export function stepCompensated(operation: Operation, name: string, now: Date): Operation {
  return withStep(operation, name, (step) => ({ ...step, status: 'compensated', endedAt: now }));
}

export function stepProgressed(operation: Operation, name: string, progress: string): Operation {
  return withStep(operation, name, (step) => ({ ...step, progress }));
}

function withStep(
  operation: Operation,
  name: string,
  change: (step: OperationStep) => OperationStep,
): Operation {
  return { ...operation, steps: operation.steps.map((step) => (step.name === name ? change(step) : step)) };
}
