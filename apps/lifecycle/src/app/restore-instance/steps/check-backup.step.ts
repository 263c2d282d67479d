import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { assertRestorable } from '@saasodoo/backups/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { inputText } from '../../backups/instance-data';
import { RestoredBackups } from '../restored-backups';

/** Whose the backup is, of what version, and whether its manifest is the one that was written: before anything is touched. */
@Injectable()
export class CheckBackupStep implements Step<TenantContext> {
  readonly name = 'check-backup';

  constructor(
    private readonly backups: BackupRepository,
    private readonly restored: RestoredBackups,
  ) {}

  async run({ operation, instance }: TenantContext): Promise<JsonObject> {
    const backup = await this.backups.get(inputText(operation, 'backup_id'));
    assertRestorable(backup, instance, operation.kind === 'restore' ? 'in-place' : 'elsewhere');
    const { manifest } = await this.restored.of(operation);
    return { consistent: manifest.consistent, database_name: manifest.instance.database_name };
  }
}
