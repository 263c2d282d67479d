import { errorCode } from '@saasodoo/kernel';
import { chown, copyFile, lchown, link, lstat, mkdir, opendir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CANNOT_LINK } from '../backups/file-tree';

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

interface Copying {
  readonly owner: FileOwner;
  /** Whether only Odoo itself will work on the copy: then a link is as good, and takes no room. */
  readonly links: boolean;
  readonly signal: AbortSignal;
}

/** Odoo writes a file of it once and never changes it. */
const NEVER_CHANGED = 'filestore';

/**
 * Fills the directory `to` with what `from` holds, for `owner`. What may be written to in place is copied, so that
 * whoever works on the one changes nothing of the other.
 */
export async function copyFiles(from: string, to: string, copying: Copying): Promise<void> {
  for await (const { name } of await opendir(from)) {
    await copyEntry(join(from, name), join(to, name), {
      ...copying,
      links: copying.links && name === NEVER_CHANGED,
    });
  }
}

async function copyEntry(from: string, to: string, copying: Copying): Promise<void> {
  const { owner, links, signal } = copying;
  signal.throwIfAborted();
  const found = await lstat(from);
  if (found.isDirectory()) {
    await mkdir(to, { mode: found.mode & 0o777 });
    await chown(to, owner.uid, owner.gid);
    for await (const { name } of await opendir(from))
      await copyEntry(join(from, name), join(to, name), copying);
  } else if (found.isSymbolicLink()) {
    await symlink(await readlink(from), to);
    await lchown(to, owner.uid, owner.gid);
  } else if (found.isFile()) {
    // Another owner of the link would be another owner of the original.
    if (links && found.uid === owner.uid && (await isLinked(from, to))) return;
    await copyFile(from, to);
    await chown(to, owner.uid, owner.gid);
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (CANNOT_LINK.includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
