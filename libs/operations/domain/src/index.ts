export { type CrashPoints, crashPointsOf } from './crash-points';
export type { JsonObject, JsonValue } from './json';
export {
  isTerminal,
  type Operation,
  type OperationStatus,
  operationStatuses,
  type OperationStep,
  type StepStatus,
  stepStatuses,
} from './operation';
export { cancellableKinds, type OperationKind, operationKinds, stepListOf } from './operation-kind';
export type { Step, StepContext } from './step';
export type { Workflow } from './workflow';
