import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { type OperationKind, type Step, stepListOf } from '@saasodoo/operations/domain';
import { AwaitHttpStep, AwaitTaskStep, type TenantContext } from '@saasodoo/tenants';
import { backupStepClasses } from '../backups/backup-steps';
import { importStepClasses } from '../import-instance/import.providers';
import { upgradeStepClasses } from '../upgrade-instance/upgrade-steps';
import { AwaitGoneStep } from './await-gone.step';
import { AwaitStoppedStep } from './await-stopped.step';
import { CheckCapacityStep } from './check-capacity.step';
import { CheckDirectoryStep } from './check-directory.step';
import { DeployServiceStep } from './deploy-service.step';
import { EnsureNetworkStep } from './ensure-network.step';
import { EnsureSecretStep } from './ensure-secret.step';
import { ScaleDownStep } from './scale-down.step';
import { SetQuotaStep } from './set-quota.step';

export const LIFECYCLE_STEPS = Symbol('steps of the lifecycle');

export const lifecycleStepClasses = [
  ...backupStepClasses,
  ...upgradeStepClasses,
  ...importStepClasses,
  AwaitGoneStep,
  AwaitHttpStep,
  AwaitStoppedStep,
  AwaitTaskStep,
  CheckCapacityStep,
  CheckDirectoryStep,
  DeployServiceStep,
  EnsureNetworkStep,
  EnsureSecretStep,
  ScaleDownStep,
  SetQuotaStep,
] as const;

/** Every step that the operations of this app are made of. */
@Injectable()
export class LifecycleSteps {
  constructor(@Inject(LIFECYCLE_STEPS) private readonly all: readonly Step<TenantContext>[]) {}

  /** Those of one kind, in the order listed for it. Throws `workflow.step_unknown`. */
  of(kind: OperationKind): readonly Step<TenantContext>[] {
    return stepListOf(kind).map((name) => {
      const step = this.all.find((candidate) => candidate.name === name);
      if (step !== undefined) return step;
      throw AppError.terminal(
        'workflow.step_unknown',
        `${kind} lists the step ${name}, which nobody carries out`,
      );
    });
  }
}
