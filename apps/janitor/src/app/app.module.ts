import { type BeforeApplicationShutdown, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { MessagingModule } from '@saasodoo/messaging';
import { Health } from '@saasodoo/observability';
import { migrate, PersistenceModule } from '@saasodoo/persistence';
import { FinalDumps } from '@saasodoo/storage';
import { SwarmModule } from '@saasodoo/swarm';
import { finalDumps, INSTANCE_STORAGE, instanceStorage, StorageWatch } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { JanitorConfig } from './app.config';
import { FinalDumpExpiry } from './final-dumps/final-dump-expiry.service';
import { HousekeepingService } from './housekeeping/housekeeping.service';
import { prunersProvider } from './housekeeping/pruners.provider';
import { InternalController } from './internal/internal.controller';
import { OwnersRepository } from './reap/owners.repository';
import { ReapingService } from './reap/reaping.service';
import { TombstoneRepository } from './reap/tombstone.repository';
import { reapersProvider } from './reapers/reapers.provider';
import { JanitorMetrics } from './runs/janitor-metrics';
import { JanitorRuns } from './runs/janitor-runs.service';
import { JanitorSchedule } from './runs/janitor-schedule';
import { RoundService } from './runs/round.service';
import { RunRecorder } from './runs/run-recorder';
import { RunRepository } from './runs/run.repository';
import { tenantDatabasesProvider } from './tenant-databases.provider';

const APP_NAME = 'janitor';
/** One thing is done at a time; the relay and requests need some more. */
const POOL_SIZE = 6;

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [JanitorConfig],
      useFactory: (config: JanitorConfig) => ({
        url: config.CONTROL_DATABASE_URL,
        password: config.CONTROL_DATABASE_PASSWORD,
        poolSize: POOL_SIZE,
        applicationName: APP_NAME,
      }),
    }),
    MessagingModule.forRootAsync({
      inject: [JanitorConfig],
      useFactory: (config: JanitorConfig) => ({
        appName: APP_NAME,
        url: config.RABBITMQ_URL,
        password: config.RABBITMQ_PASSWORD,
        relay: true,
      }),
    }),
    SwarmModule.forRootAsync({
      inject: [JanitorConfig],
      useFactory: (config: JanitorConfig) => ({ host: config.DOCKER_SOCKET }),
    }),
  ],
  controllers: [InternalController],
  providers: [
    StorageWatch,
    tenantDatabasesProvider,
    {
      provide: INSTANCE_STORAGE,
      inject: [JanitorConfig],
      useFactory: (config: JanitorConfig) => instanceStorage(config),
    },
    {
      provide: FinalDumps,
      inject: [JanitorConfig],
      useFactory: (config: JanitorConfig) => finalDumps(config),
    },
    OwnersRepository,
    TombstoneRepository,
    RunRepository,
    reapersProvider,
    ReapingService,
    FinalDumpExpiry,
    prunersProvider,
    HousekeepingService,
    RoundService,
    RunRecorder,
    JanitorMetrics,
    JanitorRuns,
    JanitorSchedule,
  ],
})
export class AppModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TenantDatabases) private readonly databases: TenantDatabases,
    @Inject(JanitorSchedule) private readonly schedule: JanitorSchedule,
    @Inject(Health) private readonly health: Health,
  ) {}

  async onModuleInit(): Promise<void> {
    await migrate(this.dataSource);
    this.health.register('database', async () => {
      await this.dataSource.query('SELECT 1');
    });
  }

  /** A run ends first, while everything it uses is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.schedule.stop();
    await this.databases.close();
  }
}
