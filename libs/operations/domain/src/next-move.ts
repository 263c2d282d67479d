import type { ErrorRecord } from '@saasodoo/kernel';
import { isTerminal, type Operation, type OperationStep } from './operation';
import { CANCELLED } from './operation-changes';

/** What is to be done with an operation now. */
export type Move =
  | { readonly move: 'begin' }
  | { readonly move: 'run'; readonly step: string }
  | { readonly move: 'turn-back'; readonly error: ErrorRecord }
  | { readonly move: 'undo'; readonly step: string }
  | { readonly move: 'finish'; readonly status: 'succeeded' | 'failed' | 'cancelled' };

/**
 * Decides from the stored state alone, so that whoever resumes an operation goes on where the last one stopped.
 * `undoable` says which steps have something to undo. Answers `undefined` when the operation has ended.
 */
export function nextMove(operation: Operation, undoable: (step: string) => boolean): Move | undefined {
  if (isTerminal(operation)) return undefined;
  return operation.status === 'compensating' ? backward(operation, undoable) : forward(operation);
}

function forward({ startedAt, cancelRequestedAt, steps }: Operation): Move {
  const next = steps.find(({ status }) => status !== 'done' && status !== 'skipped');
  // When every step is done there is nothing left to call off.
  if (next === undefined) return { move: 'finish', status: 'succeeded' };
  if (cancelRequestedAt !== undefined) return { move: 'turn-back', error: cancellation() };
  return startedAt === undefined ? { move: 'begin' } : { move: 'run', step: next.name };
}

function backward({ steps, error }: Operation, undoable: (step: string) => boolean): Move {
  const last = steps.findLast((step) => mayHaveAnEffect(step) && undoable(step.name));
  if (last !== undefined) return { move: 'undo', step: last.name };
  return { move: 'finish', status: error?.code === CANCELLED ? 'cancelled' : 'failed' };
}

/** A step that failed or was interrupted may have done half of its work. */
function mayHaveAnEffect({ status }: OperationStep): boolean {
  return status !== 'pending' && status !== 'compensated';
}

function cancellation(): ErrorRecord {
  return { code: CANCELLED, message: 'the operation was cancelled' };
}
