import { Inject, Injectable } from '@nestjs/common';
import { type DatabaseSwap, TenantDatabases } from '@saasodoo/databases';
import { AppError, crashPoint } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, outputOf, type TenantContext } from '@saasodoo/tenants';
import { rename, stat } from 'node:fs/promises';
import { type DirectorySwap, InstanceData } from '../../backups/instance-data';
import { OdooSwitch } from '../odoo-switch';

/**
 * What was restored takes the place of what was there, by renames alone; what was there is kept until the instance has
 * answered. No Odoo runs meanwhile, so nobody sees the one changed and the other not.
 */
@Injectable()
export class SwapDataStep implements Step<TenantContext> {
  readonly name = 'swap-data';

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly odoo: OdooSwitch,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    await this.claimPlace(context);
    await this.swapIn(context);
    crashPoint('restore.swap-data.files');
    const databases = this.databasesOf(context);
    await this.databases.swapIn(databases);
    return { replaced_database: databases.replaced };
  }

  /** The earlier data comes back; an Odoo that was brought up on the other is gone before. */
  async undo(context: TenantContext): Promise<void> {
    await this.odoo.off(context);
    await this.databases.swapBack(this.databasesOf(context));
    crashPoint('restore.swap-data.undo-database');
    await this.swapBack(context);
    const { live, replaced } = this.directoriesOf(context);
    await this.storage.removeDirectory(isNew(context) ? live : replaced, context.instance.id);
  }

  /** The names are claimed before anything is moved there. */
  private async claimPlace(context: TenantContext): Promise<void> {
    const { instance, image } = context;
    const { live, replaced } = this.directoriesOf(context);
    const { uid, gid } = image().profile;
    if (await this.isStagedOne(context, live)) return;
    const owner = { instanceId: instance.id, uid, gid, quotaBytes: instance.storageBytes };
    // An empty one makes way for what was restored.
    if (isNew(context)) await this.storage.ensureDirectory(live, owner);
    else if (await this.storage.exists(live)) await this.storage.ensureDirectory(replaced, owner);
  }

  /** Looks at what is where: interrupted at any moment, it goes on from there. */
  private async swapIn(context: TenantContext): Promise<void> {
    const { live, staged, replaced } = this.directoriesOf(context);
    if (await this.isStagedOne(context, live)) return;
    if (!(await this.isStagedOne(context, staged))) throw stagedMissing(staged);
    if (!isNew(context) && (await this.storage.exists(live))) await this.move(live, replaced);
    crashPoint('restore.swap-data.between');
    await this.move(staged, live);
  }

  private async swapBack(context: TenantContext): Promise<void> {
    const { live, staged, replaced } = this.directoriesOf(context);
    if (await this.isStagedOne(context, live)) await this.move(live, staged);
    const isKept = await this.storage.exists(replaced);
    if (isKept && !(await this.storage.exists(live))) await this.move(replaced, live);
  }

  /** Names change, inodes do not. */
  private async isStagedOne({ outputs }: TenantContext, name: string): Promise<boolean> {
    if (!(await this.storage.exists(name))) return false;
    const { ino } = await stat(this.storage.path(name), { bigint: true });
    return String(ino) === stagedOutput(outputs, 'restore-files', 'inode');
  }

  private directoriesOf({ instance, operation }: TenantContext): DirectorySwap {
    return this.data.directories(instance, operation.id);
  }

  private databasesOf({ instance, operation, outputs }: TenantContext): DatabaseSwap {
    const stagedOid = stagedOutput(outputs, 'restore-database', 'oid');
    return { ...this.data.databases(instance, operation.id), stagedOid };
  }

  /** Over an empty directory, which makes way. */
  private async move(from: string, to: string): Promise<void> {
    await rename(this.storage.path(from), this.storage.path(to));
  }
}

/** It has had no data before, so there is nothing to keep. */
function isNew({ instance }: TenantContext): boolean {
  return instance.databaseServer === undefined;
}

function stagedMissing(directory: string): AppError {
  return AppError.terminal(
    'restore.staged_missing',
    `the directory ${directory} is not the one that was prepared`,
    {
      hint: 'Somebody removed it meanwhile. Nothing was changed; begin again.',
    },
  );
}

/** Who prepared the data, where it was no restoration: an upgrade in one step, an import in two. */
const PREPARING = ['upgrade-data', 'load-database', 'unpack-files'];

function stagedOutput(outputs: TenantContext['outputs'], restoring: string, key: string): string {
  return outputOf(outputs, PREPARING.find((step) => outputs[step]?.[key] !== undefined) ?? restoring, key);
}
