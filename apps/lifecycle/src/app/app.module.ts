import {
  type BeforeApplicationShutdown,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import {
  InstanceEntity,
  InstanceRepository,
  InstanceSecretsRepository,
  ObservationRepository,
  StorageUsageRepository,
  UnsettledInstances,
} from '@saasodoo/instances/data-access';
import { assertTransitionsSound } from '@saasodoo/instances/domain';
import { SecretBox } from '@saasodoo/kernel';
import { MessagingModule } from '@saasodoo/messaging';
import { Health } from '@saasodoo/observability';
import { OdooClient } from '@saasodoo/odoo';
import {
  OperationEntity,
  OperationRepository,
  OperationRunner,
  OperationStepEntity,
} from '@saasodoo/operations/data-access';
import type { Step } from '@saasodoo/operations/domain';
import { migrate, PersistenceModule } from '@saasodoo/persistence';
import { SwarmModule } from '@saasodoo/swarm';
import {
  storageProvider,
  StorageWatch,
  type TenantContext,
  TenantContexts,
  TenantImages,
  TenantSecrets,
  TenantServices,
} from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { LifecycleConfig } from './app.config';
import { backupControllers, backupProviders, backupWorkflowClasses } from './backups/backups.providers';
import { InstanceChanges } from './changes/instance-changes';
import { MaintenanceChanges } from './changes/maintenance-changes';
import { HaltInstanceHandler } from './halt-instance/halt-instance.handler';
import { importControllers, importProviders } from './import-instance/import.providers';
import { ImportInstanceWorkflow } from './import-instance/import-instance.workflow';
import { operationRunnerProvider, workflowClasses } from './operation-runner.provider';
import { ReconfigureInstanceHandler } from './reconfigure-instance/reconfigure-instance.handler';
import { Reconciler } from './reconcile-instances/reconciler';
import { ReconcilerStores } from './reconcile-instances/reconciler-stores';
import { RepairMetrics } from './reconcile-instances/repair-metrics';
import { StorageExcuse } from './reconcile-instances/storage-excuse';
import { RedeployInstanceHandler } from './redeploy-instance/redeploy-instance.handler';
import { RestartInstanceHandler } from './restart-instance/restart-instance.handler';
import { ResumeInstanceHandler } from './resume-instance/resume-instance.handler';
import { StorageSampler } from './sample-storage/storage-sampler';
import { StorageSamples } from './sample-storage/storage-samples';
import { StorageWarnings } from './sample-storage/storage-warnings';
import { ScaleInstanceHandler } from './scale-instance/scale-instance.handler';
import { StartInstanceHandler } from './start-instance/start-instance.handler';
import { LIFECYCLE_STEPS, lifecycleStepClasses, LifecycleSteps } from './steps/lifecycle-steps';
import { StopInstanceHandler } from './stop-instance/stop-instance.handler';
import { SuspendInstanceHandler } from './suspend-instance/suspend-instance.handler';
import {
  upgradeControllers,
  upgradeProviders,
  upgradeWorkflowClasses,
} from './upgrade-instance/upgrades.providers';

const APP_NAME = 'lifecycle';

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [LifecycleConfig],
      useFactory: (config: LifecycleConfig) => ({
        url: config.CONTROL_DATABASE_URL,
        password: config.CONTROL_DATABASE_PASSWORD,
        // Operations mostly wait for Swarm, so they share connections; some are for messages, relay and heartbeats.
        poolSize: Math.ceil(config.LIFECYCLE_CONCURRENCY / 2) + 6,
        applicationName: APP_NAME,
        entities: [InstanceEntity, OperationEntity, OperationStepEntity],
      }),
    }),
    MessagingModule.forRootAsync({
      inject: [LifecycleConfig],
      useFactory: (config: LifecycleConfig) => ({
        appName: APP_NAME,
        url: config.RABBITMQ_URL,
        password: config.RABBITMQ_PASSWORD,
        relay: true,
      }),
    }),
    SwarmModule.forRootAsync({
      inject: [LifecycleConfig],
      useFactory: (config: LifecycleConfig) => ({ host: config.DOCKER_SOCKET }),
    }),
  ],
  controllers: [
    ...backupControllers,
    ...upgradeControllers,
    ...importControllers,
    HaltInstanceHandler,
    ReconfigureInstanceHandler,
    RedeployInstanceHandler,
    RestartInstanceHandler,
    ResumeInstanceHandler,
    ScaleInstanceHandler,
    StartInstanceHandler,
    StopInstanceHandler,
    SuspendInstanceHandler,
  ],
  providers: [
    {
      provide: InstanceRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new InstanceRepository(dataSource),
    },
    {
      provide: InstanceSecretsRepository,
      inject: [LifecycleConfig],
      useFactory: (config: LifecycleConfig) =>
        new InstanceSecretsRepository(new SecretBox(config.ENCRYPTION_KEY)),
    },
    {
      provide: OperationRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new OperationRepository(dataSource),
    },
    {
      provide: ObservationRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new ObservationRepository(dataSource),
    },
    {
      provide: UnsettledInstances,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new UnsettledInstances(dataSource),
    },
    {
      provide: StorageUsageRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new StorageUsageRepository(dataSource),
    },
    { provide: OdooClient, useFactory: () => new OdooClient() },
    storageProvider,
    StorageWatch,
    ...backupProviders,
    ...upgradeProviders,
    ...importProviders,
    TenantContexts,
    TenantImages,
    TenantSecrets,
    TenantServices,
    ...lifecycleStepClasses,
    {
      provide: LIFECYCLE_STEPS,
      inject: [...lifecycleStepClasses],
      useFactory: (...steps: Step<TenantContext>[]) => steps,
    },
    LifecycleSteps,
    InstanceChanges,
    MaintenanceChanges,
    ...workflowClasses,
    ...backupWorkflowClasses,
    ...upgradeWorkflowClasses,
    ImportInstanceWorkflow,
    operationRunnerProvider,
    RepairMetrics,
    ReconcilerStores,
    Reconciler,
    StorageWarnings,
    StorageSamples,
    StorageExcuse,
    StorageSampler,
  ],
})
export class AppModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runner: OperationRunner,
    private readonly reconciler: Reconciler,
    private readonly health: Health,
  ) {}

  async onModuleInit(): Promise<void> {
    assertTransitionsSound();
    await migrate(this.dataSource);
    this.health.register('database', async () => {
      await this.dataSource.query('SELECT 1');
    });
  }

  onApplicationBootstrap(): void {
    this.runner.start();
    this.reconciler.start();
  }

  /** Running steps end first, while everything they use is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.reconciler.stop();
    await this.runner.stop();
  }
}
