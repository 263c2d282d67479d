import { Inject, Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { AppError, errorCode } from '@saasodoo/kernel';
import type { JsonObject } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceData } from '../backups/instance-data';
import { copyFiles, type FileOwner } from './copy-files';
import { UpgradesConfig } from './upgrades.config';

/** A second database and a second directory beside those of an instance, with all that they hold. Nobody uses either. */
@Injectable()
export class DataCopies {
  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly config: UpgradesConfig,
  ) {}

  /** For a job on the copy. */
  places({ instance, operation }: TenantContext): {
    readonly directory: string;
    readonly databaseName: string;
  } {
    const { staged } = this.data.directories(instance, operation.id);
    const databaseName = this.data.databases(instance, operation.id).staged;
    return { directory: this.storage.path(staged), databaseName };
  }

  /** Begins with nothing. */
  async make(
    context: TenantContext,
    { uid, gid, links }: FileOwner & { readonly links: boolean },
  ): Promise<void> {
    const { instance, operation, signal } = context;
    const { live, staged } = this.data.directories(instance, operation.id);
    if (!(await this.storage.exists(live))) throw directoryMissing(live);
    const owner = { instanceId: instance.id, uid, gid, quotaBytes: instance.storageBytes };
    await this.storage.ensureDirectory(staged, owner);
    await copyFiles(this.storage.path(live), this.storage.path(staged), {
      owner: { uid, gid },
      links,
      signal,
    });
    const names = this.data.databases(instance, operation.id);
    // Odoo finds its files by the name of the database.
    await this.renameFilestore(context, names.live, names.staged);
    await this.databases.copyDatabase({
      ...{ from: names.live, name: names.staged, owner: names.owner, instanceId: instance.id },
      withinMs: this.config.UPGRADE_JOB_TIMEOUT_MS,
    });
  }

  /** Ready to take the place of the original; tells by what they are known whatever they are called. */
  async finish(context: TenantContext): Promise<JsonObject> {
    const { instance, operation } = context;
    const names = this.data.databases(instance, operation.id);
    await this.renameFilestore(context, names.staged, names.live);
    const { ino } = await stat(this.places(context).directory, { bigint: true });
    const oid = (await this.databases.describe(names.staged))?.oid ?? '';
    return { oid, inode: String(ino) };
  }

  async remove({ instance, operation }: TenantContext): Promise<void> {
    const { staged, owner } = this.data.databases(instance, operation.id);
    await this.databases.dropDatabase(staged, { owner });
    await this.storage.removeDirectory(this.data.directories(instance, operation.id).staged, instance.id);
  }

  private async renameFilestore(context: TenantContext, from: string, to: string): Promise<void> {
    const filestore = join(this.places(context).directory, 'filestore');
    await rename(join(filestore, from), join(filestore, to)).catch((error: unknown) => {
      // An instance that never stored a file has none.
      if (errorCode(error) !== 'ENOENT') throw error;
    });
  }
}

function directoryMissing(directory: string): AppError {
  return AppError.terminal('storage.directory_missing', `the directory ${directory} is not there`, {
    hint: 'Is the storage mounted on this node? If the files are lost, restore them before the instance is upgraded.',
  });
}
