import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { type Actor, readScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { assertKnownParameters, parsePage } from '../http/page';
import { instanceUnknown } from '../instances/instance-unknown';
import type { BackupListResponse } from './backup-list.response';
import { backupUnknown } from './backup-unknown';
import { BackupResponse } from './backup.response';

/** Backups as those see them who may look at their instance. */
@Injectable()
export class BackupsService {
  constructor(
    @Inject(BackupRepository) private readonly backups: BackupRepository,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
  ) {}

  /** Throws `backup.not_found`. */
  async get(id: string, actor: Actor): Promise<BackupResponse> {
    const backup = await this.backups.findInScope(id, readScope(actor));
    if (backup === undefined) throw backupUnknown();
    return BackupResponse.of(backup);
  }

  /** Throws `instance.not_found`, or `InvalidRequest` for a query it cannot follow. */
  async list(
    instanceId: string,
    actor: Actor,
    query: Readonly<Record<string, unknown>>,
  ): Promise<BackupListResponse> {
    assertKnownParameters(query, ['page', 'page_size']);
    const { page, pageSize } = parsePage(query);
    const instance = await this.instances.findInScope(instanceId, readScope(actor));
    if (instance === undefined) throw instanceUnknown();
    const { backups, total } = await this.backups.list({ instanceId, page, pageSize });
    return { backups: backups.map((backup) => BackupResponse.of(backup)), total, page, page_size: pageSize };
  }
}
