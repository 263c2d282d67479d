import { errorCode } from '@saasodoo/kernel';
import { chown, copyFile, link, lstat, mkdir, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeSize {
  readonly count: number;
  readonly bytes: number;
}

export interface TreeWalk {
  /** Names at the top that are left out. */
  readonly except: readonly string[];
  readonly signal: AbortSignal;
}

/** These file systems cannot link here: the file is copied. */
export const CANNOT_LINK = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'];

/**
 * Makes `to` hold the regular files of `from`, linked and not copied: Odoo writes a file of its filestore once and never
 * changes it, so that a link is as good as a copy and takes no room. Called again it adds what is new. Files that vanish
 * meanwhile are left out.
 */
export async function linkTree(from: string, to: string, walk: TreeWalk): Promise<void> {
  const { uid, gid, mode } = await lstat(from);
  await mkdir(to, { recursive: true, mode: mode & 0o777 });
  await chown(to, uid, gid);
  for (const entry of await entriesOf(from)) {
    walk.signal.throwIfAborted();
    if (walk.except.includes(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await gone(linkTree(source, target, { ...walk, except: [] }));
    else if (entry.isFile()) await gone(linkFile(source, target));
  }
}

/** Regular files and their bytes. */
export async function measureTree(path: string, { except, signal }: TreeWalk): Promise<TreeSize> {
  let [count, bytes] = [0, 0];
  for (const entry of await entriesOf(path)) {
    signal.throwIfAborted();
    if (except.includes(entry.name)) continue;
    if (entry.isDirectory()) {
      const inner = await measureTree(join(path, entry.name), { except: [], signal });
      [count, bytes] = [count + inner.count, bytes + inner.bytes];
    } else if (entry.isFile()) {
      [count, bytes] = [count + 1, bytes + (await lstat(join(path, entry.name))).size];
    }
  }
  return { count, bytes };
}

async function entriesOf(path: string) {
  const entries = [];
  for await (const entry of await opendir(path)) entries.push(entry);
  return entries;
}

async function linkFile(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'EEXIST') return;
    if (!CANNOT_LINK.includes(code)) throw error;
    await copyFile(source, target);
    const { uid, gid } = await lstat(source);
    await chown(target, uid, gid);
  }
}

/** A running Odoo removes files and directories while they are linked. */
async function gone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
