import { Injectable } from '@nestjs/common';
import { type BackupManifest, MANIFEST_PART, parseManifest } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import { createHash } from 'node:crypto';
import { BackupStore } from './backup-store';

/** Manifests where they are kept, believed only when they are what PostgreSQL remembers. */
@Injectable()
export class KeptManifests {
  constructor(private readonly store: BackupStore) {}

  /** Throws `backup.manifest_damaged`, `backup.part_missing`, and what `parseManifest` throws. */
  async read(backupId: string, sha256: string): Promise<BackupManifest> {
    const text = await this.store.readText(backupId, MANIFEST_PART);
    if (createHash('sha256').update(text).digest('hex') !== sha256) throw manifestDamaged(backupId);
    return parseManifest(text);
  }
}

function manifestDamaged(backupId: string): AppError {
  return AppError.terminal('backup.manifest_damaged', 'the manifest of the backup is not as it was written', {
    hint: 'Nothing was touched. Somebody changed it where backups are kept: use another backup.',
    facts: { backup_id: backupId },
    httpStatus: 409,
  });
}
