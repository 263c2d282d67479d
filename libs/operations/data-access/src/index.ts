export { OperationPruner } from './operation-pruner';
export { OperationRunner, type OperationRunnerParts } from './operation-runner';
export { operationRunnerDefaults, type OperationRunnerOptions } from './operation-runner-options';
export { OperationEntity } from './operation.entity';
export { OperationStepEntity } from './operation-step.entity';
export {
  type NewOperation,
  type Opening,
  type OperationFilter,
  OperationRepository,
  RECONCILER,
} from './operation.repository';
