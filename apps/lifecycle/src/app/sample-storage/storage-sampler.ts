import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { systemClock } from '@saasodoo/kernel';
import { AdvisoryLock } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { LifecycleConfig } from '../app.config';
import { StorageSamples } from './storage-samples';

/** Measures now and then; of several apps one does, for as long as its connection lives. */
@Injectable()
export class StorageSampler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(StorageSampler.name);
  private readonly stopping = new AbortController();
  private sampling: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: LifecycleConfig,
    private readonly dataSource: DataSource,
    private readonly samples: StorageSamples,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.STORAGE_SAMPLE_EVERY_MS === 0 || !this.samples.areTaken) return;
    this.sampling = this.leadUntilStopped();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.sampling;
  }

  private async leadUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const lock = await AdvisoryLock.acquire(this.dataSource, 'storage-samples', { signal });
        await this.sampleWhileLeading(lock).finally(() => lock.release());
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn(`the storage of instances could not be measured: ${String(error)}`);
        await this.pause(signal);
      }
    }
  }

  private async sampleWhileLeading(lock: AdvisoryLock): Promise<void> {
    const over = AbortSignal.any([lock.lost, this.stopping.signal]);
    while (!over.aborted) {
      await this.samples.take();
      await this.pause(over);
    }
  }

  private async pause(signal: AbortSignal): Promise<void> {
    await systemClock.sleep(this.config.STORAGE_SAMPLE_EVERY_MS, signal).catch(() => undefined); // it is over
  }
}
