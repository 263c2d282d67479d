import { crashPointsOf, type OperationKind, stepListOf } from '@saasodoo/operations/domain';

/**
 * `before` of a step and `checkpointed` of the one before are the same moment, since both are written together, and so
 * are the last `checkpointed` and `finishing`: of each pair one is left out.
 */
export function pointsOf(kind: OperationKind): string[] {
  const [first] = stepListOf(kind);
  return crashPointsOf(kind).forward.filter(
    (point) =>
      !point.endsWith('.finishing') && (!point.endsWith('.before') || point === `${kind}.${first}.before`),
  );
}
