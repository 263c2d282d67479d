import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';

/** Swarm refuses a task whose bind mount is missing, so the directory is there before the service. */
@Injectable()
export class CreateDirectoryStep implements Step<TenantContext> {
  readonly name = 'create-directory';

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  async run({ instance, image }: TenantContext): Promise<JsonObject> {
    const { profile } = image();
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    await this.storage.ensureDirectory(directory, {
      instanceId: instance.id,
      uid: profile.uid,
      gid: profile.gid,
      quotaBytes: instance.storageBytes,
    });
    return { directory, quota_enforced: this.storage.enforcesQuota };
  }

  async undo({ instance }: TenantContext): Promise<void> {
    await this.storage.removeDirectory(storageDirectoryName(instance.databaseName, instance.id), instance.id);
  }
}
