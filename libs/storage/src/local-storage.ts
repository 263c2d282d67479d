import { AppError, type ErrorRecord, errorCode } from '@saasodoo/kernel';
import { chown, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { directoryPath } from './directory-path';
import type { DirectoryOwner, InstanceStorage, StoredDirectory, StoredSnapshot } from './instance-storage';
import { directoryForeign, OwnerFiles } from './owner-files';
import { plainGround, type StorageGround } from './storage-ground';

const DIRECTORY_MODE = 0o750;

/**
 * Directories on the node's own disk. There is no quota there, and `enforcesQuota` says so; there are no snapshots either:
 * hard links would show what is written into a file later, and copies cost what the directory holds.
 */
export class LocalStorage implements InstanceStorage {
  readonly enforcesQuota = false;
  readonly takesSnapshots = false;
  private readonly owners: OwnerFiles;

  /**
   * @param root absolute; the same on the node as where this runs.
   * @param platform written on what is made here, so that another platform with the same root leaves it alone.
   * @param ground what the directories are on, where that is more than a disk.
   */
  constructor(
    private readonly root: string,
    platform?: string,
    private readonly ground: StorageGround = plainGround,
  ) {
    this.owners = new OwnerFiles(dirname(this.path('any')), platform);
  }

  requireMounted(): Promise<void> {
    return this.ground.require();
  }

  trouble(): Promise<ErrorRecord | undefined> {
    return this.ground.trouble();
  }

  path(name: string): string {
    return directoryPath(this.root, name);
  }

  async ensureDirectory(name: string, owner: DirectoryOwner): Promise<void> {
    const path = this.path(name);
    await this.ground.require();
    await this.ground.explain(path, () => this.makeOrAdopt(name, owner));
  }

  private async makeOrAdopt(name: string, { instanceId, uid, gid }: DirectoryOwner): Promise<void> {
    const path = this.path(name);
    await this.owners.prepare();
    // Looked for before its owner, who is written before it is made: what is there without one is not ours to adopt.
    const isThere = (await statOrUndefined(path)) !== undefined;
    const owner = await this.owners.read(name);
    if (isThere && owner === undefined) throw directoryForeign(name, undefined);
    await this.owners.claim(name, instanceId);
    await this.bringBack(name, instanceId);
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    await chown(path, uid, gid);
  }

  async sessionsDirectory(name: string): Promise<undefined> {
    this.path(name);
  }

  /** Whether the name is anybody's, be there a directory or not. */
  async isClaimed(name: string): Promise<boolean> {
    return (await this.owners.read(name)) !== undefined;
  }

  async exists(name: string): Promise<boolean> {
    const path = this.path(name);
    await this.ground.require();
    return isDirectory(path);
  }

  async removeDirectory(name: string, instanceId: string): Promise<void> {
    const [path, aside] = [this.path(name), this.asidePath(name)];
    await this.ground.require();
    const owner = (await this.owners.read(name))?.instanceId;
    if (owner === undefined && !(await isDirectory(path))) return;
    // The name is another instance's by now: of this one nothing is left.
    if (owner !== undefined && owner !== instanceId) return;
    if (owner === undefined) throw directoryForeign(name, owner);
    const trash = join(dirname(path), `.removed-${name}`);
    // What an interrupted removal has left would be in the way of the rename.
    await this.ground.remove(trash);
    // Renamed first: whoever is interrupted while deleting leaves no half-empty directory under a name in use.
    for (const place of [path, aside]) {
      if (!(await isDirectory(place))) continue;
      await rename(place, trash);
      await this.ground.remove(trash);
    }
    await this.owners.remove(name);
  }

  /** Where the directory is now, set aside or not. */
  async whereabouts(name: string): Promise<string> {
    return (await this.exists(name)) ? this.path(name) : this.asidePath(name);
  }

  async usage(name: string): Promise<number> {
    return sizeOf(await this.whereabouts(name));
  }

  async usages(names: readonly string[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const name of names) if (await this.exists(name)) sizes.set(name, await this.usage(name));
    return sizes;
  }

  async setQuota(name: string): Promise<void> {
    this.path(name);
  }

  async quota(name: string): Promise<undefined> {
    this.path(name);
  }

  async snapshot(name: string): Promise<void> {
    throw snapshotsUnsupported(this.path(name));
  }

  async listSnapshots(name: string): Promise<StoredSnapshot[]> {
    this.path(name);
    return [];
  }

  async removeSnapshot(name: string): Promise<void> {
    this.path(name);
  }

  snapshotPath(name: string): string {
    throw snapshotsUnsupported(this.path(name));
  }

  async list(): Promise<StoredDirectory[]> {
    await this.ground.require();
    const directories: StoredDirectory[] = [];
    for (const claim of await this.owners.list()) {
      directories.push({ ...claim, isSetAside: await isDirectory(this.asidePath(claim.name)) });
    }
    return directories;
  }

  async setAside(name: string, instanceId: string): Promise<void> {
    const aside = this.asidePath(name);
    await this.requireOwner(name, instanceId);
    if (!(await this.exists(name))) return;
    await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
    await rename(this.path(name), aside);
  }

  async bringBack(name: string, instanceId: string): Promise<void> {
    await this.requireOwner(name, instanceId);
    if ((await this.exists(name)) || !(await isDirectory(this.asidePath(name)))) return;
    await rename(this.asidePath(name), this.path(name));
  }

  private async requireOwner(name: string, instanceId: string): Promise<void> {
    await this.ground.require();
    const owner = (await this.owners.read(name))?.instanceId;
    if (owner !== instanceId) throw directoryForeign(name, owner);
  }

  /** Beside the others, on the same file system, under a name that no directory can have. */
  private asidePath(name: string): string {
    const path = this.path(name);
    return join(dirname(path), '.quarantine', name);
  }
}

function snapshotsUnsupported(path: string): AppError {
  return AppError.terminal('storage.snapshots_unsupported', `there are no snapshots of ${path}`, {
    hint: 'Use STORAGE_DRIVER=cephfs, or copy the files.',
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.isDirectory() === true;
}

async function statOrUndefined(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  const entry = await statOrUndefined(path);
  if (entry === undefined) return 0;
  if (!entry.isDirectory()) return Number(entry.size);
  let total = 0;
  // One level at a time: a filestore holds hundreds of thousands of files, and all stats at once would exhaust memory.
  for (const name of await namesIn(path)) total += await sizeOf(join(path, name));
  return total;
}

/** A running Odoo removes directories while they are counted. */
async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
