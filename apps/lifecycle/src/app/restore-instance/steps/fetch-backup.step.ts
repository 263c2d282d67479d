import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { chown, mkdir } from 'node:fs/promises';
import { BackupStore } from '../../backups/backup-store';
import { BackupsConfig } from '../../backups/backups.config';
import { withBytesProgress } from '../../backups/bytes-progress';
import { Workspace } from '../../backups/workspace';
import { RestoredBackups } from '../restored-backups';

/** Where the parts of the backup lie for the jobs, apart from what a safety backup makes. */
export const FETCHED = 'fetched';

/** Brings the parts near the data, and refuses what is not as it was written. */
@Injectable()
export class FetchBackupStep implements Step<TenantContext> {
  readonly name = 'fetch-backup';
  readonly timeoutMs: number;

  constructor(
    private readonly store: BackupStore,
    private readonly restored: RestoredBackups,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, signal } = context;
    const { uid, gid } = context.image().profile;
    const { id, manifest } = await this.restored.of(operation);
    await this.workspace.ensure(operation.id, { uid, gid });
    const folder = this.workspace.path(operation.id, FETCHED);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chown(folder, uid, gid);
    let bytes = 0;
    await withBytesProgress(context, { what: 'fetched', bytesSoFar: async () => bytes }, async () => {
      for (const part of manifest.parts) {
        const path = this.workspace.path(operation.id, FETCHED, part.name);
        await this.store.fetch(id, part, path, { signal, onBytes: (soFar) => (bytes = soFar) });
        await chown(path, uid, gid);
      }
    });
    return { bytes: manifest.parts.reduce((sum, part) => sum + part.bytes, 0) };
  }

  async undo({ operation }: TenantContext): Promise<void> {
    await this.workspace.remove(operation.id);
  }
}
