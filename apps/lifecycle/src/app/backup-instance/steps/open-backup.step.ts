import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { NewBackup } from '@saasodoo/backups/domain';
import type { JsonObject, Operation, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { BackupStore } from '../../backups/backup-store';
import { BackupsConfig } from '../../backups/backups.config';
import { madeBackupId, makesBackup, opensWorkspace } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';

const DAY_MS = 86_400_000;

/** The backup is on record before anything of it exists, so that whatever becomes of it can be found. */
@Injectable()
export class OpenBackupStep implements Step<TenantContext> {
  readonly name = 'open-backup';

  constructor(
    private readonly backups: BackupRepository,
    private readonly store: BackupStore,
    private readonly workspace: Workspace,
    private readonly config: BackupsConfig,
  ) {}

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run({ operation, instance, image }: TenantContext): Promise<JsonObject> {
    const id = madeBackupId(operation);
    const { id: instanceId, customerId, databaseName, odooVersion } = instance;
    await this.backups.insert({
      ...{ id, instanceId, customerId, databaseName, odooVersion },
      ...this.kindOf(operation),
    });
    await this.workspace.ensure(operation.id, image().profile);
    return { backup_id: id, started_at: new Date().toISOString() };
  }

  /** What is complete stays: it was verified, and may be all that is left of what it holds. */
  async undo({ operation }: TenantContext): Promise<void> {
    if (!makesBackup(operation)) return;
    const id = madeBackupId(operation);
    const backup = await this.backups.find(id);
    if (backup?.status === 'creating') await this.store.remove(id);
    if (opensWorkspace(operation)) await this.workspace.remove(operation.id);
  }

  /** One that was asked for has its row already. */
  private kindOf({ kind }: Pick<Operation, 'kind'>): Pick<NewBackup, 'kind' | 'expiresAt'> {
    if (kind === 'backup') return { kind: 'manual' };
    return { kind: 'safety', expiresAt: new Date(Date.now() + this.config.BACKUP_SAFETY_DAYS * DAY_MS) };
  }
}
