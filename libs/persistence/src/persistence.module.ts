import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AppError, backoff, systemClock } from '@saasodoo/kernel';
import { DataSource } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './create-data-source';

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 3_000;
const ATTEMPTS = 30;

/** Where the options come from, as in every `forRootAsync` of Nest. */
export interface PersistenceModuleOptions extends Pick<
  FactoryProvider<DatabaseOptions>,
  'inject' | 'useFactory'
> {
  readonly imports?: NonNullable<DynamicModule['imports']>;
}

/** Provides the connected `DataSource` to the whole process and closes it last. */
@Module({})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  static forRootAsync({ imports, inject, useFactory }: PersistenceModuleOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      imports: imports ?? [],
      providers: [
        {
          provide: DataSource,
          inject: inject ?? [],
          useFactory: async (...dependencies: unknown[]) =>
            connect(createDataSource(await useFactory(...dependencies))),
        },
      ],
      exports: [DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** PostgreSQL may start after the application: about a minute and a half of patience, then `database.unreachable`. */
async function connect(dataSource: DataSource): Promise<DataSource> {
  const logger = new Logger('Database');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.initialize();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (attempt === ATTEMPTS) {
        throw AppError.retryable('database.unreachable', `PostgreSQL cannot be reached: ${reason}`, {
          cause,
          hint: 'Check the control database URL and its password, and that the server runs.',
        });
      }
      logger.warn(`PostgreSQL cannot be reached yet (attempt ${attempt}): ${reason}`);
      await systemClock.sleep(backoff(attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS));
    }
  }
}
