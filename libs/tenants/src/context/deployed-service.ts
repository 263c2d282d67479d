import { AppError } from '@saasodoo/kernel';
import type { JsonObject, StepContext } from '@saasodoo/operations/domain';

export interface DeployedService {
  readonly serviceId: string;
  readonly revision: number;
  readonly fingerprint: string;
}

/** A creation makes the service, every other operation brings it to what is wanted. */
const DEPLOYING_STEPS = ['create-service', 'deploy-service'];

/**
 * The service that an earlier step deployed; `undefined` when none was to be: what begins while its instance rests stays
 * without one, also when a newer wish wakes the instance meanwhile.
 */
export function findDeployedService(outputs: StepContext['outputs']): DeployedService | undefined {
  const output = DEPLOYING_STEPS.map((step) => outputs[step]).find((left) => left !== undefined) ?? {};
  const { service_id: serviceId, revision, fingerprint } = output;
  if (typeof serviceId === 'string' && typeof revision === 'number' && typeof fingerprint === 'string') {
    return { serviceId, revision, fingerprint };
  }
  return undefined;
}

/** The service that an earlier step deployed. Throws `operation.output_missing`. */
export function deployedService(outputs: StepContext['outputs']): DeployedService {
  const found = findDeployedService(outputs);
  if (found !== undefined) return found;
  throw AppError.terminal('operation.output_missing', 'no step of the operation has left a deployed service');
}

/** What `deployedService` reads. */
export function deploymentOutput({ serviceId, revision, fingerprint }: DeployedService): JsonObject {
  return { service_id: serviceId, revision, fingerprint };
}
