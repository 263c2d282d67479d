import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { assertRestorable, assertWithinLimit } from '@saasodoo/backups/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { inputText } from '../../backups/instance-data';
import { RestoredBackups } from '../restored-backups';

/** Whose the backup is, of what version, whether it has room, and whether its manifest is the one that was written: before anything is touched. */
@Injectable()
export class CheckBackupStep implements Step<TenantContext> {
  readonly name = 'check-backup';

  constructor(
    private readonly backups: BackupRepository,
    private readonly restored: RestoredBackups,
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
  ) {}

  async run({ operation, instance }: TenantContext): Promise<JsonObject> {
    const backup = await this.backups.get(inputText(operation, 'backup_id'));
    assertRestorable(backup, instance, operation.kind === 'restore' ? 'in-place' : 'elsewhere');
    const { manifest } = await this.restored.of(operation);
    const isKept = operation.kind !== 'drill';
    if (isKept && this.storage.enforcesQuota) assertWithinLimit(manifest.files, instance);
    return { consistent: manifest.consistent, database_name: manifest.instance.database_name };
  }
}
