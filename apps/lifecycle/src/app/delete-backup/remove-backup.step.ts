import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { BackupStore } from '../backups/backup-store';
import { inputText } from '../backups/instance-data';

/** Everything of the backup where it is kept. */
@Injectable()
export class RemoveBackupStep implements Step<TenantContext> {
  readonly name = 'remove-backup';

  constructor(private readonly store: BackupStore) {}

  async run({ operation }: TenantContext): Promise<void> {
    await this.store.remove(inputText(operation, 'backup_id'));
  }
}
