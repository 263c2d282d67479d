import { crashPoint, errorCode } from '@saasodoo/kernel';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupDestination } from './backup-destination';
import { destinationFull } from './destination-full';
import { partMissing } from './part-missing';
import { backupFolder, partPath } from './part-path';

const MODE = 0o700;
const READ_BYTES = 256 * 1024;

/** Backups below a directory, such as one of a CephFS: `{root}/{backup id}/{part}`. */
export class DirectoryDestination implements BackupDestination {
  readonly name = 'directory';

  constructor(private readonly root: string) {}

  async write(backupId: string, part: string, content: Readable): Promise<void> {
    const path = join(this.root, partPath(backupId, part));
    const draft = `${path}.partial`;
    // Until it is read, when the pipeline tells it: an error that nobody listens for ends the process.
    content.once('error', () => undefined);
    await mkdir(dirname(path), { recursive: true, mode: MODE });
    try {
      await pipeline(content, createWriteStream(draft, { mode: 0o600, flush: true }));
    } catch (error) {
      await rm(draft, { force: true });
      throw isFull(error) ? destinationFull({ root: this.root }, error) : error;
    }
    crashPoint('backups.part-written');
    await rename(draft, path);
    await syncDirectory(dirname(path));
  }

  async read(backupId: string, part: string): Promise<Readable> {
    try {
      const file = await open(join(this.root, partPath(backupId, part)));
      return file.createReadStream({ highWaterMark: READ_BYTES });
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? partMissing(backupId, part, error) : error;
    }
  }

  async remove(backupId: string): Promise<void> {
    const folder = join(this.root, backupFolder(backupId));
    const trash = join(this.root, `.removed-${backupFolder(backupId)}`);
    // Renamed first: whoever is interrupted leaves no backup that is there in part.
    await rm(trash, { recursive: true, force: true });
    await rename(folder, trash).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    crashPoint('backups.set-aside');
    await rm(trash, { recursive: true, force: true });
  }
}

/** A rename is on the disk when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(String(errorCode(error)));
}
