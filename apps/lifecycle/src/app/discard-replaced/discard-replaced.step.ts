import { Inject, Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { crashPoint } from '@saasodoo/kernel';
import type { Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { InstanceData, inputText } from '../backups/instance-data';
import { Workspace } from '../backups/workspace';

/** What a restoration has replaced, and what it was prepared with. */
@Injectable()
export class DiscardReplacedStep implements Step<TenantContext> {
  readonly name = 'discard-replaced';

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly workspace: Workspace,
  ) {}

  async run({ operation, instance }: TenantContext): Promise<void> {
    const restoreId = inputText(operation, 'restore_id');
    const { owner, replaced } = this.data.databases(instance, restoreId);
    await this.databases.dropDatabase(replaced, { owner });
    crashPoint('discard.discard-replaced.database');
    const directories = this.data.directories(instance, restoreId);
    await this.storage.removeDirectory(directories.replaced, instance.id);
    // Its directory was moved away, its claim was not.
    await this.storage.removeDirectory(directories.staged, instance.id);
    await this.workspace.remove(restoreId);
  }
}
