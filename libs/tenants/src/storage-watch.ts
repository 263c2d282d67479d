import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { systemClock } from '@saasodoo/kernel';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE } from './storage.provider';

const LOOK_EVERY_MS = 10_000;
/** Long enough for whoever mounts something anew. */
const PATIENCE_MS = 20_000;

/** What is mounted where a process looks is settled when its container starts. */
const SETTLED_AT_START: readonly string[] = ['ceph.not_mounted', 'ceph.stale_mount'];

/**
 * A container sees the mounts that there were when it started: a storage that was mounted anew since is seen by the next one
 * only. So a process that is without it ends, over and over, until one starts that has it; nobody has to lift a finger.
 */
@Injectable()
export class StorageWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(StorageWatch.name);
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();
  private told: string | undefined;
  private goneSince: number | undefined;

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  onApplicationBootstrap(): void {
    if (this.storage.enforcesQuota) this.watching = this.watch();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look();
      if (this.goneSince !== undefined && now() - this.goneSince >= PATIENCE_MS) return this.end();
      await systemClock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined); // it is over
    }
  }

  private async look(): Promise<void> {
    const trouble = await this.storage.trouble();
    if (trouble?.code !== this.told) this.tell(trouble?.message);
    this.told = trouble?.code;
    const isGone = this.told !== undefined && SETTLED_AT_START.includes(this.told);
    this.goneSince = isGone ? (this.goneSince ?? now()) : undefined;
  }

  private tell(message: string | undefined): void {
    if (message === undefined) this.logger.log('the storage can be used again');
    else this.logger.warn(`the storage cannot be used: ${message}`);
  }

  /** As if it had been stopped: what it does is put down where another one goes on with it. */
  private end(): void {
    this.logger.error('ends, so that a new container sees what is mounted now');
    process.kill(process.pid, 'SIGTERM');
  }
}

function now(): number {
  return systemClock.now().getTime();
}
