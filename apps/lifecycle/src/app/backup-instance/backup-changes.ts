import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { InstanceBackedUp, InstanceBackupFailed } from '@saasodoo/contracts';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import { ScheduleOutcome } from '../backup-schedules/schedule-outcome';
import { madeBackupId, makesBackup } from '../backups/instance-data';
import { metaOf, payloadOf } from '../backups/operation-message';

/** How a backup ends for those who watch it, in the transaction that ends its operation. */
@Injectable()
export class BackupChanges {
  constructor(
    private readonly backups: BackupRepository,
    private readonly outbox: Outbox,
    private readonly schedule: ScheduleOutcome,
  ) {}

  async completed(em: EntityManager, operation: Operation): Promise<void> {
    if (isScheduled(operation)) await this.schedule.completed(em, operation);
    const payload = { ...payloadOf(operation), backup_id: madeBackupId(operation) };
    await this.outbox.append(em, InstanceBackedUp, payload, metaOf(operation));
  }

  /** A backup that was verified before the rest failed stays. */
  async failed(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    if (!makesBackup(operation)) return;
    const id = madeBackupId(operation);
    await this.backups.fail(em, id, error);
    const backup = await this.backups.find(id, em);
    if (backup?.status !== 'failed') return;
    if (isScheduled(operation)) await this.schedule.failed(em, operation);
    const payload = { ...payloadOf(operation), backup_id: id, kind: backup.kind, error_code: error.code };
    await this.outbox.append(em, InstanceBackupFailed, payload, metaOf(operation));
  }
}

function isScheduled({ input }: Operation): boolean {
  return input['scheduled'] === true;
}
