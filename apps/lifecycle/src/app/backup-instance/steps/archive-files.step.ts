import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { errorCode } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { DataJobs, INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupsConfig } from '../../backups/backups.config';
import { sizeOfFile, withBytesProgress } from '../../backups/bytes-progress';
import { linkTree, measureTree } from '../../backups/file-tree';
import { ARCHIVE_FILES } from '../../backups/job-scripts';
import { makesBackup } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';
import { NOT_BACKED_UP } from './snapshot-files.step';

const JOB = 'archive';

/** What was there before the dump and what came during it, as one archive: every file that the dump names is in it. */
@Injectable()
export class ArchiveFilesStep implements Step<TenantContext> {
  readonly name = 'archive-files';
  readonly timeoutMs: number;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
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
    const { operation, instance, signal, image } = context;
    const files = this.workspace.path(operation.id, 'files');
    const walk = { except: NOT_BACKED_UP, signal };
    await linkTree(this.storage.path(storageDirectoryName(instance.databaseName, instance.id)), files, walk);
    const missing = await this.missing(operation.id, instance.databaseName);
    const size = await measureTree(files, walk);
    const draft = this.workspace.path(operation.id, 'files.tar.zst.partial');
    await withBytesProgress(context, { what: 'archived', bytesSoFar: () => sizeOfFile(draft) }, () =>
      this.jobs.run(context, {
        name: JOB,
        script: ARCHIVE_FILES,
        directories: { '/workspace': this.workspace.path(operation.id) },
        user: image().profile,
        withinMs: this.timeoutMs,
      }),
    );
    return { ...size, missing };
  }

  async undo(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
  }

  /** How many files the dump names that are not to be had. A customer who lost files before has them missing as ever. */
  private async missing(operationId: string, databaseName: string): Promise<number> {
    const names = await readFile(this.workspace.path(operationId, 'attachments.txt'), 'utf8');
    const filestore = join(this.workspace.path(operationId, 'files'), 'filestore', databaseName);
    let missing = 0;
    for (const name of names.split('\n').filter(isFileName)) {
      if (!(await isThere(join(filestore, name)))) missing += 1;
    }
    return missing;
  }
}

/** As Odoo names files: two digits of a hash, and the hash. Anything else in that column names no file of a filestore. */
function isFileName(name: string): boolean {
  return /^[0-9a-f]{2}\/[0-9a-f]{40}$/.test(name);
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
