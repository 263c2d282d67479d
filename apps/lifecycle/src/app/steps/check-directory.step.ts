import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';

/**
 * The instance's files are there. They are looked for and never made: an empty directory in the place of a customer's
 * files, because a mount is missing, would be taken for the real one.
 */
@Injectable()
export class CheckDirectoryStep implements Step<TenantContext> {
  readonly name = 'check-directory';

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  async run({ instance }: TenantContext): Promise<void> {
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    if (await this.storage.exists(directory)) return;
    throw AppError.terminal('storage.directory_missing', `the directory ${directory} is not there`, {
      hint: 'Is the storage mounted on this node? If the files are lost, restore them before the instance is started.',
      facts: { path: this.storage.path(directory) },
    });
  }
}
