import { Inject, Injectable } from '@nestjs/common';
import { normaliseDatabaseName } from '@saasodoo/instances/domain';
import { AppError, errorCode } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { DataJobs, INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupsConfig } from '../../backups/backups.config';
import { measureTree } from '../../backups/file-tree';
import { InstanceData } from '../../backups/instance-data';
import { RESTORE_FILES } from '../../backups/job-scripts';
import { Workspace } from '../../backups/workspace';
import { RestoredBackups } from '../restored-backups';
import { FETCHED } from './fetch-backup.step';

const JOB = 'unpack';

/** A directory of its own beside the one in use, with the quota of the instance and the files of the backup. */
@Injectable()
export class RestoreFilesStep implements Step<TenantContext> {
  readonly name = 'restore-files';
  readonly timeoutMs: number;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly jobs: DataJobs,
    private readonly data: InstanceData,
    private readonly workspace: Workspace,
    private readonly restored: RestoredBackups,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, instance, image, signal } = context;
    const { staged } = this.data.directories(instance, operation.id);
    const { uid, gid } = image().profile;
    // Unpacking over what an interrupted job has left would keep what does not belong there.
    await this.undo(context);
    const { files } = (await this.restored.of(operation)).manifest;
    // A drill may hold more than the instance may by now; what stays has been checked.
    const quotaBytes = Math.max(instance.storageBytes, operation.kind === 'drill' ? files.bytes : 0);
    const owner = { instanceId: instance.id, uid, gid, quotaBytes };
    await this.storage.ensureDirectory(staged, owner);
    await this.jobs.run(context, {
      name: JOB,
      script: RESTORE_FILES,
      directories: {
        '/workspace': this.workspace.path(operation.id, FETCHED),
        '/files': this.storage.path(staged),
      },
      user: { uid, gid },
      withinMs: this.timeoutMs,
    });
    const size = await measureTree(this.storage.path(staged), { except: [], signal });
    if (size.count !== files.count || size.bytes !== files.bytes) throw filesDiffer(size.count, files.count);
    await this.nameFilestore(context);
    const { ino } = await stat(this.storage.path(staged), { bigint: true });
    return { ...size, inode: String(ino) };
  }

  /** Odoo finds its files by the name of the database, which is another one in another instance. */
  private async nameFilestore({ operation, instance }: TenantContext): Promise<void> {
    const { database_name: before } = (await this.restored.of(operation)).manifest.instance;
    if (before === instance.databaseName) return;
    const { staged } = this.data.directories(instance, operation.id);
    const filestore = (name: string): string => join(this.storage.path(staged), 'filestore', name);
    await rename(filestore(normaliseDatabaseName(before)), filestore(instance.databaseName)).catch(
      (error: unknown) => {
        // An instance that never stored a file has none.
        if (errorCode(error) !== 'ENOENT') throw error;
      },
    );
  }

  async undo(context: TenantContext): Promise<void> {
    const { staged } = this.data.directories(context.instance, context.operation.id);
    await this.jobs.clear(context, JOB);
    await this.storage.removeDirectory(staged, context.instance.id);
  }
}

function filesDiffer(found: number, wanted: number): AppError {
  return AppError.terminal(
    'restore.files_differ',
    'what was unpacked has other files than what was archived',
    {
      hint: 'The instance is as it was. Use another backup.',
      facts: { found, wanted },
    },
  );
}
