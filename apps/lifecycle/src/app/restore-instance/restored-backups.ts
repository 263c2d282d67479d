import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { BackupManifest } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import { inputText } from '../backups/instance-data';
import { KeptManifests } from '../backups/kept-manifests';

/** The backup that an operation restores. */
@Injectable()
export class RestoredBackups {
  constructor(
    private readonly backups: BackupRepository,
    private readonly manifests: KeptManifests,
  ) {}

  /** Throws `backup.not_found`, `backup.not_completed`, and what `KeptManifests.read` throws. */
  async of(operation: Operation): Promise<{ readonly id: string; readonly manifest: BackupManifest }> {
    const { id, status, manifestSha256 } = await this.backups.get(inputText(operation, 'backup_id'));
    if (status !== 'completed' || manifestSha256 === undefined) throw notCompleted(status);
    return { id, manifest: await this.manifests.read(id, manifestSha256) };
  }
}

function notCompleted(status: string): AppError {
  return AppError.terminal('backup.not_completed', `the backup is ${status}`, {
    httpStatus: 409,
    hint: 'Choose one that is completed.',
  });
}
