import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { systemClock } from '@saasodoo/kernel';
import { OperationRunner } from '@saasodoo/operations/data-access';
import { AdvisoryLock } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { BackupsConfig } from '../backups/backups.config';
import { ScheduledDrills } from '../drill-backup/scheduled-drills';
import { ScheduledBackups } from './scheduled-backups';
import { TerminatedBackups } from './terminated-backups';

/**
 * Looks now and then which backups and drills are due, and which backups have had their time; of several apps one does,
 * while its connection lives.
 */
@Injectable()
export class BackupScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BackupScheduler.name);
  private readonly stopping = new AbortController();
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: BackupsConfig,
    private readonly dataSource: DataSource,
    private readonly scheduled: ScheduledBackups,
    private readonly terminated: TerminatedBackups,
    private readonly drills: ScheduledDrills,
    private readonly runner: OperationRunner,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.BACKUP_SCHEDULE_EVERY_MS > 0) this.looking = this.leadUntilStopped();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.looking;
  }

  private async leadUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const lock = await AdvisoryLock.acquire(this.dataSource, 'backup-schedules', { signal });
        await this.lookWhileLeading(lock).finally(() => lock.release());
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn(`what is due could not be opened: ${String(error)}`);
        await this.pause(signal);
      }
    }
  }

  private async lookWhileLeading(lock: AdvisoryLock): Promise<void> {
    const over = AbortSignal.any([lock.lost, this.stopping.signal]);
    while (!over.aborted) {
      const opened = (await this.scheduled.openDue()) + (await this.terminated.expire());
      const drilled = await this.drills.openDue();
      if (opened + drilled > 0) this.runner.poke();
      await this.pause(over);
    }
  }

  private async pause(signal: AbortSignal): Promise<void> {
    await systemClock.sleep(this.config.BACKUP_SCHEDULE_EVERY_MS, signal).catch(() => undefined); // it is over
  }
}
