import { Injectable } from '@nestjs/common';
import { BackupExpiryRepository, BackupRepository } from '@saasodoo/backups/data-access';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { BackupsConfig } from '../backups/backups.config';

/** So that a look stays short; what is left has its turn at the next one. */
const BATCH = 20;

/** Backups of terminated instances: each is given an end, and goes when that has come. */
@Injectable()
export class TerminatedBackups {
  constructor(
    private readonly config: BackupsConfig,
    private readonly dataSource: DataSource,
    private readonly expiry: BackupExpiryRepository,
    private readonly backups: BackupRepository,
    private readonly instances: InstanceRepository,
    private readonly operations: OperationRepository,
  ) {}

  /** Answers how many deletions were opened. */
  async expire(): Promise<number> {
    const { BACKUP_TERMINATED_DAYS: days } = this.config;
    if (days === 0) return 0;
    await this.expiry.giveEnds(days);
    let opened = 0;
    while (opened < BATCH && (await runInTransaction(this.dataSource, (em) => this.expireOne(em))))
      opened += 1;
    return opened;
  }

  private async expireOne(em: EntityManager): Promise<boolean> {
    const backup = await this.expiry.lockExpired(em);
    if (backup === undefined) return false;
    const { id, instanceId, customerId } = backup;
    const { generation } = await this.instances.get(instanceId, em);
    await this.backups.requestDeletion(em, id);
    await this.operations.open(em, {
      ...{ kind: 'delete-backup', instanceId, customerId, generation, correlationId: newId() },
      input: { backup_id: id },
    });
    return true;
  }
}
