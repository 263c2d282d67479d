import type { FactoryProvider } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { type TenantContext } from '@saasodoo/tenants';
import { KeepFinalDumpStep } from './steps/keep-final-dump.step';
import { RemoveDatabaseStep } from './steps/remove-database.step';
import { RemoveDirectoryStep } from './steps/remove-directory.step';
import { RemoveSecretStep } from './steps/remove-secret.step';
import { RemoveServiceStep } from './steps/remove-service.step';

export const TERMINATE_INSTANCE_STEPS = Symbol('steps of terminate');

/** In the order in which they run. */
export const terminateInstanceStepClasses = [
  RemoveServiceStep,
  RemoveSecretStep,
  KeepFinalDumpStep,
  RemoveDatabaseStep,
  RemoveDirectoryStep,
] as const;

export const terminateInstanceStepsProvider: FactoryProvider<readonly Step<TenantContext>[]> = {
  provide: TERMINATE_INSTANCE_STEPS,
  inject: [...terminateInstanceStepClasses],
  useFactory: (...steps: Step<TenantContext>[]) => steps,
};
