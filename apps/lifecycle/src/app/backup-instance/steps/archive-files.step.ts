import { Inject, Injectable } from '@nestjs/common';
import { errorCode } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupsConfig } from '../../backups/backups.config';
import { sizeOfFile, withBytesProgress } from '../../backups/bytes-progress';
import { HELD_FILES, type HeldFiles } from '../../backups/held-files';
import { makesBackup } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';

const JOB = 'archive';

/** What was there before the dump and what came during it, as one archive: every file that the dump names is in it. */
@Injectable()
export class ArchiveFilesStep implements Step<TenantContext> {
  readonly name = 'archive-files';
  readonly timeoutMs: number;

  constructor(
    @Inject(HELD_FILES) private readonly held: HeldFiles,
    private readonly jobs: DataJobs,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, image } = context;
    await this.held.hold(context, 'after');
    const missing = await this.missing(context);
    const draft = this.workspace.path(operation.id, 'files.tar.zst.partial');
    await withBytesProgress(context, { what: 'archived', bytesSoFar: () => sizeOfFile(draft) }, () =>
      this.jobs.run(context, {
        name: JOB,
        script: this.held.archiveScript,
        directories: { '/workspace': this.workspace.path(operation.id), ...this.held.directories(context) },
        user: image().profile,
        withinMs: this.timeoutMs,
      }),
    );
    return { ...(await this.held.measure(context)), missing };
  }

  async undo(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
  }

  /** How many files the dump names that are not to be had. A customer who lost files before has them missing as ever. */
  private async missing(context: TenantContext): Promise<number> {
    const { operation, instance } = context;
    const names = await readFile(this.workspace.path(operation.id, 'attachments.txt'), 'utf8');
    const places = this.held.roots(context).map((root) => join(root, 'filestore', instance.databaseName));
    let missing = 0;
    for (const name of names.split('\n').filter(isFileName)) {
      if (!(await isInOneOf(places, name))) missing += 1;
    }
    return missing;
  }
}

/** As Odoo names files: two digits of a hash, and the hash. Anything else in that column names no file of a filestore. */
function isFileName(name: string): boolean {
  return /^[0-9a-f]{2}\/[0-9a-f]{40}$/.test(name);
}

async function isInOneOf(places: readonly string[], name: string): Promise<boolean> {
  for (const place of places) if (await isThere(join(place, name))) return true;
  return false;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
