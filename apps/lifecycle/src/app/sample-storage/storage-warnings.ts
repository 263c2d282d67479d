import { Injectable } from '@nestjs/common';
import { InstanceStorageWarned } from '@saasodoo/contracts';
import {
  InstanceRepository,
  type StorageTarget,
  StorageUsageRepository,
} from '@saasodoo/instances/data-access';
import { storageCondition, storageLevel } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';

/** Tells of a directory that gets full, once for each threshold; that there is room again is shown and not told. */
@Injectable()
export class StorageWarnings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly usage: StorageUsageRepository,
    private readonly instances: InstanceRepository,
    private readonly outbox: Outbox,
  ) {}

  async judge({ id, quotaBytes, level: told }: StorageTarget, usedBytes: number): Promise<void> {
    const figures = { usedBytes, quotaBytes };
    const level = storageLevel(figures);
    if (level === told) return;
    await runInTransaction(this.dataSource, async (em) => {
      if (!(await this.usage.move(em, id, told, level))) return;
      await this.instances.stateCondition(em, id, storageCondition(level, figures));
      if (level < told) return;
      const payload = { instance_id: id, level, used_bytes: usedBytes, quota_bytes: quotaBytes };
      await this.outbox.append(em, InstanceStorageWarned, payload, { subject: id, correlationId: newId() });
    });
  }
}
