import { Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import { measured } from '@saasodoo/backups/destinations';
import type { OdooImport } from '@saasodoo/backups/domain';
import { AppError, crashPoint, newId } from '@saasodoo/kernel';
import { runInTransaction } from '@saasodoo/persistence';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DataSource } from 'typeorm';
import { importStatusConflict } from './import-status-conflict';
import { ImportFiles } from './import-files';
import { BackupsConfig } from '../backups/backups.config';
import { withImport } from './open-import';

/** Takes the content of imports in: whole, as announced and found good, or not at all. */
@Injectable()
export class ImportUploads {
  constructor(
    private readonly imports: ImportRepository,
    private readonly files: ImportFiles,
    private readonly config: BackupsConfig,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Throws `import.not_found`, `import.status_conflict`, `import.too_large`, `import.truncated`, `import.checksum_differs`,
   * and why the zip is refused; then nothing of it is left, and it can be sent again.
   */
  async receive(id: string, content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<OdooImport> {
    const wanted = await this.imports.get(id);
    if (wanted.status !== 'awaiting') throw importStatusConflict(wanted.status);
    const draft = await this.files.newDraft(id, newId());
    try {
      const sha256 = await store(content, draft, { wanted, signal });
      crashPoint('import.stored');
      const { odooVersion, contents } = await withImport(draft, this.config, async (zip) => zip);
      return await runInTransaction(this.dataSource, async (em) => {
        const { status } = await this.imports.lock(id, em);
        if (status !== 'awaiting') throw importStatusConflict(status);
        await rename(draft, this.files.content(id));
        await this.imports.receive(id, { sha256, odooVersion, contents }, em);
        return this.imports.get(id, em);
      });
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** Answers the hash of what is on the disk now. */
async function store(
  content: AsyncIterable<Buffer>,
  path: string,
  { wanted, signal }: { readonly wanted: OdooImport; readonly signal: AbortSignal },
): Promise<string> {
  const { sizeBytes } = wanted;
  const passing = measured(content, (bytes) => {
    if (bytes > sizeBytes) throw tooLarge(sizeBytes);
  });
  try {
    await pipeline(passing.content, createWriteStream(path, { mode: 0o600, flush: true }), { signal });
  } catch (error) {
    throw signal.aborted ? truncated(passing.result().bytes, sizeBytes) : error;
  }
  const { bytes, sha256 } = passing.result();
  if (bytes < sizeBytes) throw truncated(bytes, sizeBytes);
  if (wanted.sha256 !== undefined && wanted.sha256 !== sha256) throw checksumDiffers(sha256, wanted.sha256);
  return sha256;
}

function tooLarge(announced: number): AppError {
  return refused('import.too_large', `more came than the ${announced} bytes that were announced`, {
    announced,
  });
}

function truncated(bytes: number, announced: number): AppError {
  return refused('import.truncated', `${bytes} of ${announced} bytes came`, { bytes, announced });
}

function checksumDiffers(sha256: string, announced: string): AppError {
  return refused('import.checksum_differs', 'what came has another SHA-256 than was announced', {
    sha256,
    announced,
  });
}

function refused(code: string, message: string, facts: Readonly<Record<string, string | number>>): AppError {
  return AppError.terminal(code, message, {
    httpStatus: 422,
    hint: 'Nothing of it was kept. Send it again, whole.',
    facts,
  });
}
