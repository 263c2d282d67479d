import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { IdempotencyKeyRepository } from '@saasodoo/identity/data-access';
import { Health } from '@saasodoo/observability';
import { migrate } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';

const PURGE_EVERY_MS = 3_600_000;

/**
 * What must be so before the first request: the schema is there. Ready means PostgreSQL answers; without the broker
 * requests are accepted all the same, and carried out later.
 */
@Injectable()
export class StartUp implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(StartUp.name);
  private purging: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Health) private readonly health: Health,
    @Inject(IdempotencyKeyRepository) private readonly keys: IdempotencyKeyRepository,
  ) {}

  async onModuleInit(): Promise<void> {
    const ran = await migrate(this.dataSource);
    if (ran.length > 0) this.logger.log(`migrated: ${ran.join(', ')}`);
    this.health.register('database', async () => {
      await this.dataSource.query('SELECT 1');
    });
    this.purging = setInterval(() => void this.purge(), PURGE_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.purging);
  }

  private async purge(): Promise<void> {
    try {
      await this.keys.purge(this.dataSource.manager);
    } catch (error) {
      this.logger.warn(`old idempotency keys stay for another hour: ${String(error)}`);
    }
  }
}
