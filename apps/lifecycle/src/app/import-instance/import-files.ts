import { Injectable } from '@nestjs/common';
import { AppError, isUuid } from '@saasodoo/kernel';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupsConfig } from '../backups/backups.config';

const CONTENT = 'content.zip';

/** Where imports lie, one folder each, from the first byte until they are over. */
@Injectable()
export class ImportFiles {
  constructor(private readonly config: BackupsConfig) {}

  /** What was received whole. */
  content(importId: string): string {
    return join(this.folder(importId), CONTENT);
  }

  /** A place for content on its way in; drafts of earlier attempts are gone. */
  async newDraft(importId: string, attempt: string): Promise<string> {
    const folder = this.folder(importId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (name !== CONTENT) await rm(join(folder, name), { force: true });
    }
    return join(folder, `${attempt}.partial`);
  }

  async remove(importId: string): Promise<void> {
    await rm(this.folder(importId), { recursive: true, force: true });
  }

  private folder(importId: string): string {
    if (isUuid(importId)) return join(this.config.backupRoot, '.imports', importId.toLowerCase());
    throw AppError.terminal('import.not_found', 'there is no import with this id', { httpStatus: 404 });
  }
}
