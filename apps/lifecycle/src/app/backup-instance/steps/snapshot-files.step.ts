import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { linkTree, measureTree } from '../../backups/file-tree';
import { makesBackup } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';

/** Logged-in browsers are no data, and their files change all the time. */
export const NOT_BACKED_UP = ['sessions'];

/**
 * Holds on to every file that is there before the dump begins, so that what is cleaned away during it is not lost. What is
 * written during it is added afterwards, see `ArchiveFilesStep`.
 */
@Injectable()
export class SnapshotFilesStep implements Step<TenantContext> {
  readonly name = 'snapshot-files';
  readonly timeoutMs = 3_600_000;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly workspace: Workspace,
  ) {}

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run({ operation, instance, image, signal }: TenantContext): Promise<JsonObject> {
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    if (!(await this.storage.exists(directory))) throw directoryMissing(directory);
    await this.workspace.ensure(operation.id, image().profile);
    const files = this.workspace.path(operation.id, 'files');
    const walk = { except: NOT_BACKED_UP, signal };
    await linkTree(this.storage.path(directory), files, walk);
    return { ...(await measureTree(files, walk)) };
  }
}

function directoryMissing(directory: string): AppError {
  return AppError.terminal('storage.directory_missing', `the directory ${directory} is not there`, {
    hint: 'Is the storage mounted on this node? A backup without the files would be none.',
  });
}
