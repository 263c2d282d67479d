import { Injectable, Logger } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { BackupManifest } from '@saasodoo/backups/domain';
import { AppError, newId } from '@saasodoo/kernel';
import { DataJobs } from '@saasodoo/tenants';
import { chown } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BackupStore } from '../backups/backup-store';
import { BackupsConfig } from '../backups/backups.config';
import { EXPORT_BACKUP } from '../backups/job-scripts';
import { KeptManifests } from '../backups/kept-manifests';
import { Workspace } from '../backups/workspace';
import { odooArchive } from './odoo-archive';

/** Nobody's: what is unpacked for a download is read by this app and by its job alone. */
const READER = { uid: 65_534, gid: 65_534 };

/** Backups as archives that Odoo can read. Each is unpacked for its reader, and gone when that one leaves. */
@Injectable()
export class BackupDownloads {
  private readonly logger = new Logger(BackupDownloads.name);

  constructor(
    private readonly backups: BackupRepository,
    private readonly store: BackupStore,
    private readonly manifests: KeptManifests,
    private readonly workspace: Workspace,
    private readonly jobs: DataJobs,
    private readonly config: BackupsConfig,
  ) {}

  /** Throws `backup.not_found`, `backup.not_completed`, and what is wrong with a part. */
  async open(backupId: string, signal: AbortSignal): Promise<Readable> {
    const { status, manifestSha256 } = await this.backups.get(backupId);
    if (status !== 'completed' || manifestSha256 === undefined) throw notCompleted(status);
    const manifest = await this.manifests.read(backupId, manifestSha256);
    const id = newId();
    try {
      await this.unpack(id, manifest, signal);
      const archive = odooArchive(this.workspace.path(id), manifest);
      archive.once('close', () => void this.tidy(id));
      signal.addEventListener('abort', () => archive.destroy(), { once: true });
      return archive;
    } catch (error) {
      await this.tidy(id);
      throw error;
    }
  }

  private async unpack(id: string, manifest: BackupManifest, signal: AbortSignal): Promise<void> {
    const folder = await this.workspace.ensure(id, READER);
    for (const part of manifest.parts) {
      const path = this.workspace.path(id, part.name);
      await this.store.fetch(manifest.backup_id, part, path, { signal });
      await chown(path, READER.uid, READER.gid);
    }
    const labels = { 'saasodoo.managed': 'true', 'saasodoo.platform': this.config.PLATFORM_NAME };
    const context = { operation: { id }, labels, signal, progress: () => Promise.resolve() };
    await this.jobs.run(context, {
      name: 'export',
      script: EXPORT_BACKUP,
      directories: { '/workspace': folder },
      user: READER,
      withinMs: this.config.BACKUP_JOB_TIMEOUT_MS,
    });
  }

  private async tidy(id: string): Promise<void> {
    const context = {
      operation: { id },
      labels: {},
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    };
    try {
      await this.jobs.clear(context, 'export');
      await this.workspace.remove(id);
    } catch (error) {
      this.logger.warn(`what was unpacked for a download is still there: ${String(error)}`);
    }
  }
}

function notCompleted(status: string): AppError {
  return AppError.terminal('backup.not_completed', `the backup is ${status}`, {
    httpStatus: 409,
    hint: 'Only a completed backup can be downloaded.',
  });
}
