export type { OperationRunnerOptions, OperationRunnerParts } from './operation-runner';
export { OperationEntity } from './operation.entity';
export { OperationStepEntity } from './operation-step.entity';
export { type NewOperation, type OperationFilter, OperationRepository } from './operation.repository';
