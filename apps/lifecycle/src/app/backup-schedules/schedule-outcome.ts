import { Injectable } from '@nestjs/common';
import { BackupRepository, BackupScheduleRepository } from '@saasodoo/backups/data-access';
import { type Backup, backupsToPrune, retryBackupAt } from '@saasodoo/backups/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { type Operation, yields } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';

/** What follows a scheduled backup: its retry, or the end of those it takes the place of. */
@Injectable()
export class ScheduleOutcome {
  constructor(
    private readonly schedules: BackupScheduleRepository,
    private readonly backups: BackupRepository,
    private readonly operations: OperationRepository,
  ) {}

  /** Older ones go only now that a newer one was verified. */
  async completed(em: EntityManager, operation: Operation): Promise<void> {
    const { instanceId } = operation;
    await this.schedules.recordSuccess(em, instanceId);
    const policy = await this.schedules.find(instanceId, em);
    if (policy === undefined) return;
    const all = await this.backups.listPrunable(em, instanceId);
    const scheduled = all.filter(({ kind }) => kind === 'scheduled');
    const expired = all.filter(({ kind }) => kind === 'safety');
    const open = (await this.operations.openFor(em, instanceId)).filter((one) => !yields(one));
    const inUse = new Set(open.flatMap(({ input }) => Object.values(input)));
    for (const backup of [...backupsToPrune(scheduled, policy), ...expired]) {
      if (inUse.has(backup.id) || (await this.backups.copiedBy(em, backup.id)) !== undefined) continue;
      await this.prune(em, backup, operation);
    }
  }

  /** Tried again soon, unless its next time comes sooner. */
  async failed(em: EntityManager, { instanceId }: Operation): Promise<void> {
    const failures = await this.schedules.recordFailure(em, instanceId);
    const schedule = await this.schedules.find(instanceId, em);
    if (failures === undefined || schedule === undefined) return;
    const retryAt = retryBackupAt(new Date(), failures);
    if (retryAt < schedule.nextAt) await this.schedules.setNext(em, instanceId, retryAt);
  }

  private async prune(em: EntityManager, { id }: Backup, operation: Operation): Promise<void> {
    const { instanceId, customerId, generation, correlationId } = operation;
    await this.backups.requestDeletion(em, id);
    await this.operations.open(em, {
      ...{ kind: 'delete-backup', instanceId, customerId, generation, correlationId },
      input: { backup_id: id },
    });
  }
}
