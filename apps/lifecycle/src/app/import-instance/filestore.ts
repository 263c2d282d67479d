import { errorCode } from '@saasodoo/kernel';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** As Odoo names files: two digits of a hash, and the hash. Anything else names no file of a filestore. */
const FILE_NAME = /^[0-9a-f]{2}\/[0-9a-f]{40}$/;

/** Odoo's files while they are put into a directory that nobody uses yet. */
export class Filestore {
  private readonly root: string;
  private readonly made = new Set<string>();

  constructor(
    private readonly directory: string,
    databaseName: string,
    private readonly owner: { readonly uid: number; readonly gid: number },
  ) {
    this.root = join(directory, 'filestore', databaseName);
  }

  /** The path is one that `assertImportable` let pass. */
  async write(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    const target = join(this.root, path);
    await this.ensureFolder(dirname(target));
    await pipeline(content, createWriteStream(target, { mode: 0o644, flags: 'wx' }));
    await chown(target, this.owner.uid, this.owner.gid);
  }

  /** Returns when everything is on the disk. */
  async sync(): Promise<void> {
    await run('sync', ['-f', this.directory]);
  }

  /** How many of the names are not to be had. A customer who lost files before has them missing as ever. */
  async countMissing(names: readonly string[]): Promise<number> {
    let missing = 0;
    for (const name of names) {
      if (FILE_NAME.test(name) && !(await isThere(join(this.root, name)))) missing += 1;
    }
    return missing;
  }

  private async ensureFolder(path: string): Promise<void> {
    if (this.made.has(path) || path === this.directory) return;
    await this.ensureFolder(dirname(path));
    await mkdir(path, { mode: 0o755 }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    await chown(path, this.owner.uid, this.owner.gid);
    this.made.add(path);
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
