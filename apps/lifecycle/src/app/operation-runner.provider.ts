import type { FactoryProvider, Type } from '@nestjs/common';
import { Outbox } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';
import type { Workflow } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { hostname } from 'node:os';
import { DataSource, type EntityManager } from 'typeorm';
import { LifecycleConfig } from './app.config';
import { backupWorkflowClasses } from './backups/backups.providers';
import type { InstanceWorkflow } from './changes/instance-workflow';
import { HaltInstanceWorkflow } from './halt-instance/halt-instance.workflow';
import { ImportInstanceWorkflow } from './import-instance/import-instance.workflow';
import { ReconfigureInstanceWorkflow } from './reconfigure-instance/reconfigure-instance.workflow';
import { RedeployInstanceWorkflow } from './redeploy-instance/redeploy-instance.workflow';
import { RestartInstanceWorkflow } from './restart-instance/restart-instance.workflow';
import { ResumeInstanceWorkflow } from './resume-instance/resume-instance.workflow';
import { ScaleInstanceWorkflow } from './scale-instance/scale-instance.workflow';
import { StartInstanceWorkflow } from './start-instance/start-instance.workflow';
import { StopInstanceWorkflow } from './stop-instance/stop-instance.workflow';
import { SuspendInstanceWorkflow } from './suspend-instance/suspend-instance.workflow';
import { upgradeWorkflowClasses } from './upgrade-instance/upgrades.providers';

/** One for each kind that this app carries out. */
export const workflowClasses: readonly Type<InstanceWorkflow>[] = [
  HaltInstanceWorkflow,
  ReconfigureInstanceWorkflow,
  RedeployInstanceWorkflow,
  RestartInstanceWorkflow,
  ResumeInstanceWorkflow,
  ScaleInstanceWorkflow,
  StartInstanceWorkflow,
  StopInstanceWorkflow,
  SuspendInstanceWorkflow,
];

/** Longer than the engine may take to answer: what is undone must have settled first. */
const SETTLE_MS = 30_000;

/** Carries out the operations of this app's kinds. */
export const operationRunnerProvider: FactoryProvider<OperationRunner> = {
  provide: OperationRunner,
  inject: [
    LifecycleConfig,
    DataSource,
    Outbox,
    ...workflowClasses,
    ...backupWorkflowClasses,
    ...upgradeWorkflowClasses,
    ImportInstanceWorkflow,
  ],
  useFactory: (
    config: LifecycleConfig,
    dataSource: DataSource,
    outbox: Outbox,
    ...workflows: Workflow<EntityManager, TenantContext>[]
  ) =>
    new OperationRunner(
      { dataSource, outbox, workflows, owner: `${hostname()}:${process.pid}` },
      {
        concurrency: config.LIFECYCLE_CONCURRENCY,
        leaseMs: config.OPERATION_LEASE_MS,
        settleMs: SETTLE_MS,
      },
    ),
};
