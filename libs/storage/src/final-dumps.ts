import { crashPoint, errorCode } from '@saasodoo/kernel';
import { chown, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { directoryPath } from './directory-path';
import type { InstanceStorage } from './instance-storage';
import { type DirectoryClaim, directoryForeign, OwnerFiles } from './owner-files';
import { plainGround, type StorageGround } from './storage-ground';

export interface DumpOwner {
  readonly instanceId: string;
  /** Who writes the dump in its container. */
  readonly uid: number;
  readonly gid: number;
}

const FOLDER = 'final_dumps';
const MODE = 0o700;

/**
 * What is kept of a terminated instance for a while: `{root}/final_dumps/{name}` with `database.dump` and
 * `filestore`. On the same file system as the instance's directory, so that its files move by a rename.
 */
export class FinalDumps {
  private readonly owners: OwnerFiles;

  constructor(
    private readonly root: string,
    platform?: string,
    private readonly ground: StorageGround = plainGround,
  ) {
    this.owners = new OwnerFiles(join(root, FOLDER), platform);
  }

  /** The path to bind into the job that writes the dump. Throws `storage.name_malformed`. */
  path(name: string): string {
    return join(this.root, FOLDER, basename(directoryPath(this.root, name)));
  }

  /** Makes the directory, or finds the instance's own. Throws `storage.directory_foreign`. */
  async ensure(name: string, { instanceId, uid, gid }: DumpOwner): Promise<void> {
    await this.ground.require();
    await this.owners.prepare();
    await this.owners.claim(name, instanceId);
    await mkdir(this.path(name), { recursive: true, mode: MODE });
    await chown(this.path(name), uid, gid);
  }

  /** Whether the database was dumped; the file gets this name when it is whole. */
  async hasDatabase(name: string): Promise<boolean> {
    const dump = join(this.path(name), 'database.dump');
    await this.ground.require();
    return isThere(dump);
  }

  /**
   * Moves the instance's directory here as `filestore` and gives its name up. Does nothing more when that was done; removes
   * the directory where nothing is kept of the instance.
   */
  async takeFiles(
    { name, directory }: { readonly name: string; readonly directory: string },
    instanceId: string,
    storage: InstanceStorage,
  ): Promise<void> {
    await this.ground.require();
    const kept = await this.owners.read(name);
    if (kept?.instanceId === instanceId && (await storage.exists(directory))) {
      const filestore = join(this.path(name), 'filestore');
      if (!(await isThere(filestore))) await rename(storage.path(directory), filestore);
      crashPoint('final-dumps.moved');
    }
    await storage.removeDirectory(directory, instanceId);
  }

  /** Of whatever platform. `since` is when the instance's end began. */
  async list(): Promise<DirectoryClaim[]> {
    await this.ground.require();
    return this.owners.list();
  }

  /** Removes what is kept; succeeds when there is nothing. Throws `storage.directory_foreign`. */
  async remove(name: string, instanceId: string): Promise<void> {
    await this.ground.require();
    const owner = await this.owners.read(name);
    if (owner === undefined) return;
    if (owner.instanceId !== instanceId) throw directoryForeign(name, owner.instanceId);
    const trash = join(dirname(this.path(name)), `.removed-${name}`);
    await this.ground.remove(trash);
    if (await isThere(this.path(name))) await rename(this.path(name), trash);
    await this.ground.remove(trash);
    await this.owners.remove(name);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
