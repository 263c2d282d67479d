import {
  type BeforeApplicationShutdown,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import {
  InstanceEntity,
  InstanceRepository,
  ObservationRepository,
  TaskLogRepository,
  WatchedInstanceRepository,
} from '@saasodoo/instances/data-access';
import { MessagingModule } from '@saasodoo/messaging';
import { Health } from '@saasodoo/observability';
import { OdooClient } from '@saasodoo/odoo';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { migrate, PersistenceModule } from '@saasodoo/persistence';
import { SwarmModule } from '@saasodoo/swarm';
import { INSTANCE_STORAGE, StorageWatch } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { MonitorConfig } from './app.config';
import { DatabaseCheck } from './diagnose/database-check';
import { Diagnoses } from './diagnose/diagnoses';
import { DirectoryCheck } from './diagnose/directory-check';
import { GroundFactsSource } from './diagnose/ground-facts.source';
import { SwarmFactsSource } from './diagnose/swarm-facts.source';
import { watchedStorage } from './diagnose/watched-storage';
import { EndedTasks } from './observe/ended-tasks';
import { MonitorMetrics } from './observe/monitor-metrics';
import { ObservationWriter } from './observe/observation-writer';
import { Observer } from './observe/observer';
import { Pass } from './observe/pass';
import { Probes } from './observe/probes';
import { UsageSamples } from './observe/usage-samples';
import { Watchers } from './observe/watchers';
import { InstanceLogs } from './queries/instance-logs';
import { InstanceQueriesController } from './queries/instance-queries.controller';
import { ServiceQueriesController } from './queries/service-queries.controller';

const APP_NAME = 'monitor';
const POOL_SIZE = 8;

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [MonitorConfig],
      useFactory: ({ CONTROL_DATABASE_URL: url, CONTROL_DATABASE_PASSWORD: password }: MonitorConfig) => ({
        url,
        ...(password === undefined ? {} : { password }),
        poolSize: POOL_SIZE,
        applicationName: APP_NAME,
        entities: [InstanceEntity],
      }),
    }),
    MessagingModule.forRootAsync({
      inject: [MonitorConfig],
      useFactory: ({ RABBITMQ_URL: url, RABBITMQ_PASSWORD: password }: MonitorConfig) => ({
        appName: APP_NAME,
        url,
        ...(password === undefined ? {} : { password }),
        relay: true,
      }),
    }),
    SwarmModule.forRootAsync({
      inject: [MonitorConfig],
      useFactory: ({ DOCKER_SOCKET: host }: MonitorConfig) => ({ host }),
    }),
  ],
  controllers: [InstanceQueriesController, ServiceQueriesController],
  providers: [
    ...[
      InstanceRepository,
      ObservationRepository,
      OperationRepository,
      TaskLogRepository,
      WatchedInstanceRepository,
    ].map((Repository) => ({
      provide: Repository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new Repository(dataSource),
    })),
    { provide: OdooClient, useFactory: () => new OdooClient() },
    { provide: INSTANCE_STORAGE, inject: [MonitorConfig], useFactory: watchedStorage },
    DatabaseCheck,
    Diagnoses,
    DirectoryCheck,
    EndedTasks,
    GroundFactsSource,
    InstanceLogs,
    MonitorMetrics,
    ObservationWriter,
    Observer,
    Pass,
    Probes,
    StorageWatch,
    SwarmFactsSource,
    UsageSamples,
    Watchers,
  ],
})
export class AppModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly observer: Observer,
    private readonly watchers: Watchers,
    private readonly health: Health,
  ) {}

  async onModuleInit(): Promise<void> {
    await migrate(this.dataSource);
    this.health.register('database', async () => {
      await this.dataSource.query('SELECT 1');
    });
    this.health.register('observer', () => this.observer.assertObserving());
  }

  onApplicationBootstrap(): void {
    this.observer.start();
  }

  /** While everything that is asked and written to is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.observer.stop();
    await this.watchers.stop();
  }
}
