import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import { systemClock } from '@saasodoo/kernel';
import { ImportFiles } from './import-files';
import { BackupsConfig } from '../backups/backups.config';

const AT_A_TIME = 20;

/** Removes what lies on the disk of imports that are over; those that became nothing are over after a while. */
@Injectable()
export class ImportSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ImportSweeper.name);
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly imports: ImportRepository,
    private readonly files: ImportFiles,
    private readonly config: BackupsConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.sweepUntilStopped();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.sweeping;
  }

  /** Several apps may do so at once. */
  async sweep(): Promise<void> {
    await this.imports.expire(this.config.IMPORT_KEEP_HOURS);
    for (const id of await this.imports.listRemovable(AT_A_TIME)) {
      await this.files.remove(id);
      await this.imports.recordRemoved(id);
    }
  }

  private async sweepUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.sweep().catch((error: unknown) => {
        this.logger.warn(`imports that are over could not be removed: ${String(error)}`);
      });
      await systemClock.sleep(this.config.IMPORT_SWEEP_EVERY_MS, signal).catch(() => undefined); // it is over
    }
  }
}
