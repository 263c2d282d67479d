import { AppError } from '@saasodoo/kernel';
import type { StepContext } from '@saasodoo/operations/domain';
import { outputOf } from './output-of';

export interface DeployedService {
  readonly serviceId: string;
  readonly revision: number;
}

/** The service that the step `create-service` made. Throws `operation.output_missing`. */
export function deployedService(outputs: StepContext['outputs']): DeployedService {
  const serviceId = outputOf(outputs, 'create-service', 'service_id');
  const revision = outputs['create-service']?.['revision'];
  if (typeof revision === 'number') return { serviceId, revision };
  throw AppError.terminal('operation.output_missing', 'the step create-service left no revision');
}
