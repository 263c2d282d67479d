import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { previousShape } from '../changes/previous-shape';

/** Another limit of the instance's files. It holds from this moment on, whether or not an Odoo runs, which goes on as it was. */
@Injectable()
export class SetQuotaStep implements Step<TenantContext> {
  readonly name = 'set-quota';

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  async isDone({ operation, instance }: TenantContext): Promise<boolean> {
    const { storageBytes = instance.storageBytes } = previousShape(operation, instance) ?? {};
    return storageBytes === instance.storageBytes;
  }

  async run({ operation, instance }: TenantContext): Promise<JsonObject> {
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    const force = operation.input['force'] === true;
    await this.storage.setQuota(directory, instance.storageBytes, { force });
    return { quota_bytes: instance.storageBytes, quota_enforced: this.storage.enforcesQuota };
  }

  /** Back to the limit that was there before, whatever was written meanwhile. */
  async undo({ operation, instance }: TenantContext): Promise<void> {
    const { storageBytes } = previousShape(operation, instance) ?? {};
    if (storageBytes === undefined) return;
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    await this.storage.setQuota(directory, storageBytes, { force: true });
  }
}
