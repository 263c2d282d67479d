import { Inject, Injectable } from '@nestjs/common';
import { finalDumpName, storageDirectoryName } from '@saasodoo/instances/domain';
import type { Step } from '@saasodoo/operations/domain';
import { FinalDumps, type InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';

/** The files go to the final dump where one is kept, else away. */
@Injectable()
export class RemoveDirectoryStep implements Step<TenantContext> {
  readonly name = 'remove-directory';

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly dumps: FinalDumps,
  ) {}

  async run({ instance }: TenantContext): Promise<void> {
    const { id, databaseName } = instance;
    const names = {
      name: finalDumpName(databaseName, id),
      directory: storageDirectoryName(databaseName, id),
    };
    await this.dumps.takeFiles(names, id, this.storage);
  }
}
