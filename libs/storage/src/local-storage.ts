import { AppError, errorCode } from '@saasodoo/kernel';
import { randomUUID } from 'node:crypto';
import { chown, link, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { directoryPath } from './directory-path';
import type { DirectoryOwner, InstanceStorage } from './instance-storage';

const DIRECTORY_MODE = 0o750;

/** Directories on the node's own disk. There is no quota there, and `enforcesQuota` says so. */
export class LocalStorage implements InstanceStorage {
  readonly enforcesQuota = false;

  /** @param root absolute; the same on the node as where this runs. */
  constructor(private readonly root: string) {}

  path(name: string): string {
    return directoryPath(this.root, name);
  }

  async ensureDirectory(name: string, { instanceId, uid, gid }: DirectoryOwner): Promise<void> {
    const path = this.path(name);
    await mkdir(dirname(this.ownerFile(name)), { recursive: true });
    // Looked for before its owner, who is written before it is made: what is there without one is not ours to adopt.
    const isThere = (await statOrUndefined(path)) !== undefined;
    const owner = await this.ownerOf(name);
    if (isThere && owner === undefined) throw foreign(name, owner);
    await this.claim(name, instanceId);
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    await chown(path, uid, gid);
  }

  async exists(name: string): Promise<boolean> {
    return (await statOrUndefined(this.path(name)))?.isDirectory() === true;
  }

  async removeDirectory(name: string, instanceId: string): Promise<void> {
    const path = this.path(name);
    const owner = await this.ownerOf(name);
    if (owner === undefined && !(await this.exists(name))) return;
    // The name is another instance's by now: of this one nothing is left.
    if (owner !== undefined && owner !== instanceId) return;
    if (owner === undefined) throw foreign(name, owner);
    const trash = join(dirname(path), `.removed-${name}`);
    // What an interrupted removal has left would be in the way of the rename.
    await rm(trash, { recursive: true, force: true });
    // Renamed first: whoever is interrupted while deleting leaves no half-empty directory under a name in use.
    if (await this.exists(name)) await rename(path, trash);
    await rm(trash, { recursive: true, force: true });
    await rm(this.ownerFile(name), { force: true });
  }

  async usage(name: string): Promise<number> {
    return sizeOf(this.path(name));
  }

  /** Linked into place when it is whole and on the disk, so that nobody ever reads an owner who is half-written. */
  private async claim(name: string, instanceId: string): Promise<void> {
    const draft = `${this.ownerFile(name)}.${randomUUID()}`;
    try {
      await writeFile(draft, instanceId, { mode: 0o600, flush: true });
      await link(draft, this.ownerFile(name));
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      const owner = await this.ownerOf(name);
      if (owner !== instanceId) throw foreign(name, owner);
    } finally {
      await rm(draft, { force: true });
    }
  }

  private async ownerOf(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.ownerFile(name), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Beside the directory, not inside: what is inside belongs to the tenant. */
  private ownerFile(name: string): string {
    const path = this.path(name);
    return join(dirname(path), '.owners', name);
  }
}

function foreign(name: string, owner: string | undefined): AppError {
  return AppError.terminal(
    'storage.directory_foreign',
    `the directory ${name} belongs to ${owner ?? 'nobody known'}`,
    {
      hint: 'Look at what is in it; move it away when nobody needs it.',
      facts: { directory: name, owner: owner ?? null },
    },
  );
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
