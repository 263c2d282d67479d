import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { outputOf, type TenantContext } from '@saasodoo/tenants';
import { BackupStore } from '../../backups/backup-store';
import { BackupsConfig } from '../../backups/backups.config';
import { withBytesProgress } from '../../backups/bytes-progress';
import { HELD_FILES, type HeldFiles } from '../../backups/held-files';
import { madeBackupId, makesBackup, opensWorkspace } from '../../backups/instance-data';
import { KeptManifests } from '../../backups/kept-manifests';
import { Workspace } from '../../backups/workspace';

/** Reads everything back from where it is kept. Only what was read back as it was written is called complete. */
@Injectable()
export class VerifyBackupStep implements Step<TenantContext> {
  readonly name = 'verify-backup';
  readonly timeoutMs: number;

  constructor(
    private readonly store: BackupStore,
    private readonly manifests: KeptManifests,
    private readonly backups: BackupRepository,
    private readonly workspace: Workspace,
    @Inject(HELD_FILES) private readonly held: HeldFiles,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, outputs, signal } = context;
    const backupId = madeBackupId(operation);
    const manifestSha256 = outputOf(outputs, 'write-manifest', 'manifest_sha256');
    const manifest = await this.manifests.read(backupId, manifestSha256);
    let bytes = 0;
    await withBytesProgress(context, { what: 'read back', bytesSoFar: async () => bytes }, async () => {
      for (const part of manifest.parts) {
        await this.store.verify(backupId, part, { signal, onBytes: (soFar) => (bytes = soFar) });
      }
    });
    const sizeBytes = manifest.parts.reduce((sum, part) => sum + part.stored_bytes, 0);
    await this.backups.complete(backupId, { sizeBytes, manifest, manifestSha256 });
    // The files are held until here, so that an interrupted backup goes on with the same ones.
    await this.held.release(context);
    if (opensWorkspace(operation)) await this.workspace.remove(operation.id);
    return { size_bytes: sizeBytes, consistent: manifest.consistent };
  }
}
