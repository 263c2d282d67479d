import { type OperationKind, stepListOf } from './operation-kind';

export interface CrashPoints {
  /** Passed by an operation that succeeds. */
  readonly forward: readonly string[];
  /** Passed by an operation that is undone; those of a step that has nothing to undo are never passed. */
  readonly undo: readonly string[];
}

/** Every place where a test kills a worker, see `crashPoint` of the kernel. */
export function crashPointsOf(kind: OperationKind): CrashPoints {
  const steps = stepListOf(kind);
  const at = (step: string, ...points: string[]) => points.map((point) => `${kind}.${step}.${point}`);
  return {
    forward: [
      `${kind}.claimed`,
      ...steps.flatMap((step) => at(step, 'before', 'effect', 'checkpointed')),
      `${kind}.finishing`,
      `${kind}.finished`,
    ],
    undo: [...steps].reverse().flatMap((step) => at(step, 'undo-before', 'undo-effect', 'undo-checkpointed')),
  };
}
