export { afterFailure, attemptsOf, type FailurePolicy } from './after-failure';
export { type CrashPoints, crashPointsOf } from './crash-points';
export type { JsonObject, JsonValue } from './json';
export { type Move, nextMove } from './next-move';
export {
  isTerminal,
  type Operation,
  type OperationStatus,
  operationStatuses,
  type OperationStep,
  type StepStatus,
  stepStatuses,
} from './operation';
export {
  begun,
  CANCELLED,
  ended,
  putBack,
  stepBegun,
  stepCompensated,
  stepDone,
  stepFailed,
  stepProgressed,
  type StepResult,
  stepUndoFailed,
  turnedBack,
} from './operation-changes';
export {
  cancellableKinds,
  dataKinds,
  type OperationKind,
  operationKinds,
  persistentKinds,
  stepListOf,
  supersedableKinds,
  yieldingKinds,
  yields,
} from './operation-kind';
export type { Step, StepContext } from './step';
export type { Workflow } from './workflow';
