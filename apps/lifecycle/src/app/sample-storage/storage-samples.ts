import { Inject, Injectable } from '@nestjs/common';
import { type StorageTarget, StorageUsageRepository } from '@saasodoo/instances/data-access';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE } from '@saasodoo/tenants';
import { StorageWarnings } from './storage-warnings';

const PAGE = 500;

/** Measures what the directories of all instances hold, and writes it down. */
@Injectable()
export class StorageSamples {
  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly usage: StorageUsageRepository,
    private readonly warnings: StorageWarnings,
  ) {}

  /** Where nothing is enforced there is nothing to warn of, and counting would mean to walk through all files. */
  get areTaken(): boolean {
    return this.storage.enforcesQuota;
  }

  /** Answers how many directories were measured. */
  async take(): Promise<number> {
    let [measured, last]: [number, string | undefined] = [0, undefined];
    for (;;) {
      const targets = await this.usage.targets(last, PAGE);
      measured += await this.measure(targets);
      last = targets.at(-1)?.id;
      if (targets.length < PAGE) return measured;
    }
  }

  private async measure(targets: readonly StorageTarget[]): Promise<number> {
    const named = targets.map((target) => ({
      target,
      name: storageDirectoryName(target.databaseName, target.id),
    }));
    const sizes = await this.storage.usages(named.map(({ name }) => name));
    const found = named.flatMap(({ target, name }) => {
      const usedBytes = sizes.get(name);
      return usedBytes === undefined ? [] : [{ target, usedBytes }];
    });
    await this.usage.record(found.map(({ target, usedBytes }) => ({ instanceId: target.id, usedBytes })));
    for (const { target, usedBytes } of found) await this.warnings.judge(target, usedBytes);
    return found.length;
  }
}
