import {
  type BeforeApplicationShutdown,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import {
  InstanceEntity,
  InstanceRepository,
  InstanceSecretsRepository,
} from '@saasodoo/instances/data-access';
import { assertTransitionsSound } from '@saasodoo/instances/domain';
import { SecretBox } from '@saasodoo/kernel';
import { MessagingModule } from '@saasodoo/messaging';
import { Health } from '@saasodoo/observability';
import { OdooClient } from '@saasodoo/odoo';
import { OperationEntity, OperationRunner, OperationStepEntity } from '@saasodoo/operations/data-access';
import { migrate, PersistenceModule } from '@saasodoo/persistence';
import { SwarmModule } from '@saasodoo/swarm';
import {
  DataJobs,
  storageProvider,
  StorageWatch,
  TenantContexts,
  TenantImages,
  TenantSecrets,
  TenantServices,
} from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { ProvisionerConfig } from './app.config';
import { CreateInstanceHandler } from './create-instance/create-instance.handler';
import {
  createInstanceStepClasses,
  createInstanceStepsProvider,
} from './create-instance/create-instance.steps';
import { CreateInstanceWorkflow } from './create-instance/create-instance.workflow';
import { finalDumpsProvider } from './final-dumps.provider';
import { operationRunnerProvider } from './operation-runner.provider';
import { InstanceDatabases } from './odoo-database/instance-databases';
import { OdooInitialisation } from './odoo-database/odoo-initialisation';
import { TemplateDatabases } from './odoo-database/template-databases';
import { tenantDatabasesProvider } from './tenant-databases.provider';
import { TerminateInstanceHandler } from './terminate-instance/terminate-instance.handler';
import {
  terminateInstanceStepClasses,
  terminateInstanceStepsProvider,
} from './terminate-instance/terminate-instance.steps';
import { TerminateInstanceWorkflow } from './terminate-instance/terminate-instance.workflow';

const APP_NAME = 'provisioner';

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [ProvisionerConfig],
      useFactory: (config: ProvisionerConfig) => ({
        url: config.CONTROL_DATABASE_URL,
        password: config.CONTROL_DATABASE_PASSWORD,
        // One for each operation under way and some for messages, relay and heartbeats.
        poolSize: config.PROVISION_CONCURRENCY + 6,
        applicationName: APP_NAME,
        entities: [InstanceEntity, OperationEntity, OperationStepEntity],
      }),
    }),
    MessagingModule.forRootAsync({
      inject: [ProvisionerConfig],
      useFactory: (config: ProvisionerConfig) => ({
        appName: APP_NAME,
        url: config.RABBITMQ_URL,
        password: config.RABBITMQ_PASSWORD,
        relay: true,
      }),
    }),
    SwarmModule.forRootAsync({
      inject: [ProvisionerConfig],
      useFactory: (config: ProvisionerConfig) => ({ host: config.DOCKER_SOCKET }),
    }),
  ],
  controllers: [CreateInstanceHandler, TerminateInstanceHandler],
  providers: [
    {
      provide: InstanceRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new InstanceRepository(dataSource),
    },
    {
      provide: InstanceSecretsRepository,
      inject: [ProvisionerConfig],
      useFactory: (config: ProvisionerConfig) =>
        new InstanceSecretsRepository(new SecretBox(config.ENCRYPTION_KEY)),
    },
    { provide: OdooClient, useFactory: () => new OdooClient() },
    tenantDatabasesProvider,
    storageProvider,
    StorageWatch,
    finalDumpsProvider,
    DataJobs,
    TenantContexts,
    TenantImages,
    TenantSecrets,
    TenantServices,
    OdooInitialisation,
    TemplateDatabases,
    InstanceDatabases,
    ...createInstanceStepClasses,
    createInstanceStepsProvider,
    CreateInstanceWorkflow,
    ...terminateInstanceStepClasses,
    terminateInstanceStepsProvider,
    TerminateInstanceWorkflow,
    operationRunnerProvider,
  ],
})
export class AppModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly databases: TenantDatabases,
    private readonly runner: OperationRunner,
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
  }

  /** Running steps end first, while everything they use is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.stop();
    await this.databases.close();
  }
}
