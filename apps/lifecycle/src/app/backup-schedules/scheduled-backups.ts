import { Injectable } from '@nestjs/common';
import { BackupRepository, BackupScheduleRepository } from '@saasodoo/backups/data-access';
import { backupMinute, type BackupSchedule, nextBackupAt } from '@saasodoo/backups/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { BackupsConfig } from '../backups/backups.config';

/** So that a site that grows fast gets its schedules in parts. */
const BATCH = 200;
/** Nights are quiet, and a schedule that was given begins the next one. */
const NIGHT_HOURS = 6;

/** Opens the backups that are due, as many at a time as the site bears; those that wait keep their place. */
@Injectable()
export class ScheduledBackups {
  constructor(
    private readonly config: BackupsConfig,
    private readonly dataSource: DataSource,
    private readonly schedules: BackupScheduleRepository,
    private readonly backups: BackupRepository,
    private readonly instances: InstanceRepository,
    private readonly operations: OperationRepository,
  ) {}

  /** Answers how many were opened. */
  async openDue(): Promise<number> {
    await this.giveDefaults();
    const room = this.config.BACKUP_CONCURRENCY - (await this.schedules.underWay());
    let opened = 0;
    while (opened < room && (await runInTransaction(this.dataSource, (em) => this.openOne(em)))) opened += 1;
    return opened;
  }

  private async giveDefaults(): Promise<void> {
    const { BACKUP_DEFAULT_SCHEDULE: usual, ...config } = this.config;
    if (usual === 'none') return;
    for (const instanceId of await this.schedules.withoutSchedule(BATCH)) {
      const minute = backupMinute(instanceId);
      const hour = minute % NIGHT_HOURS;
      await this.schedules.put({
        ...{ instanceId, hour, enabled: true, nextAt: nextBackupAt(new Date(), { hour, minute }) },
        daily: config.BACKUP_KEEP_DAILY,
        weekly: config.BACKUP_KEEP_WEEKLY,
        monthly: config.BACKUP_KEEP_MONTHLY,
      });
    }
  }

  /** The schedule moves on in the transaction that opens its backup: none is skipped, and none is made twice. */
  private async openOne(em: EntityManager): Promise<boolean> {
    const schedule = await this.schedules.lockDue(em);
    if (schedule === undefined) return false;
    const { instanceId, hour } = schedule;
    const { customerId, databaseName, odooVersion, generation } = await this.instances.get(instanceId, em);
    const id = newId();
    await this.backups.insert(
      { id, kind: 'scheduled', instanceId, customerId, databaseName, odooVersion },
      em,
    );
    await this.operations.open(em, {
      ...{ instanceId, customerId, generation, kind: 'backup', correlationId: newId() },
      input: { backup_id: id, scheduled: true },
    });
    await this.schedules.setNext(em, instanceId, nextRun(schedule, hour));
    return true;
  }
}

function nextRun({ instanceId }: BackupSchedule, hour: number): Date {
  return nextBackupAt(new Date(), { hour, minute: backupMinute(instanceId) });
}
