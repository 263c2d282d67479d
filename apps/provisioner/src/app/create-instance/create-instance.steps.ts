import type { FactoryProvider } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { AwaitHttpStep, AwaitTaskStep, type TenantContext } from '@saasodoo/tenants';
import { AllocateDatabaseServerStep } from './steps/allocate-database-server.step';
import { CreateDatabaseStep } from './steps/create-database.step';
import { CreateDirectoryStep } from './steps/create-directory.step';
import { CreateSecretStep } from './steps/create-secret.step';
import { CreateServiceStep } from './steps/create-service.step';
import { PrepareTemplateStep } from './steps/prepare-template.step';

export const CREATE_INSTANCE_STEPS = Symbol('steps of create');

/** In the order in which they run. */
export const createInstanceStepClasses = [
  AllocateDatabaseServerStep,
  PrepareTemplateStep,
  CreateDatabaseStep,
  CreateDirectoryStep,
  CreateSecretStep,
  CreateServiceStep,
  AwaitTaskStep,
  AwaitHttpStep,
] as const;

export const createInstanceStepsProvider: FactoryProvider<readonly Step<TenantContext>[]> = {
  provide: CREATE_INSTANCE_STEPS,
  inject: [...createInstanceStepClasses],
  useFactory: (...steps: Step<TenantContext>[]) => steps,
};
