import { isStagedName } from '@saasodoo/instances/domain';
import type { InstanceStorage, StoredDirectory } from '@saasodoo/storage';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';

/** Directories of instances. In quarantine they lie elsewhere, complete. */
export class DirectoryReaper implements Reaper {
  readonly kind = 'directory';

  constructor(
    private readonly storage: InstanceStorage,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const directories = await this.storage.list();
    return directories.filter(({ platform }) => platform === this.platform).map(thing);
  }

  async find({ id }: Thing): Promise<Thing | undefined> {
    return (await this.list()).find((directory) => directory.id === id);
  }

  async quarantine({ name, ownerId = '' }: Thing): Promise<void> {
    await this.storage.setAside(name, ownerId);
  }

  async release({ name, ownerId = '' }: Thing): Promise<void> {
    await this.storage.bringBack(name, ownerId);
  }

  async remove({ name, ownerId = '' }: Thing): Promise<void> {
    await this.storage.removeDirectory(name, ownerId);
  }

  async measure({ name }: Thing): Promise<number> {
    return this.storage.usage(name);
  }
}

function thing({ name, instanceId, since, platform = '', isSetAside }: StoredDirectory): Thing {
  return {
    ...{ kind: 'directory', id: `${name}#${instanceId}`, name, createdAt: since },
    labels: { platform },
    ownerId: instanceId,
    ownerRole: undefined,
    isTransient: isStagedName(name),
    isInUse: false,
    isSetAside,
  };
}
