import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import type { Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';

@Injectable()
export class RemoveDirectoryStep implements Step<TenantContext> {
  readonly name = 'remove-directory';

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  async run({ instance }: TenantContext): Promise<void> {
    await this.storage.removeDirectory(storageDirectoryName(instance.databaseName, instance.id), instance.id);
  }
}
