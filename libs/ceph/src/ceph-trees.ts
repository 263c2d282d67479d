import { errorCode } from '@saasodoo/kernel';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onCeph } from './ceph-error';
import type { CephRoot } from './ceph-root';

/** Removes directories for good. */
export class CephTrees {
  constructor(private readonly root: CephRoot) {}

  /** Succeeds when there is none. A directory with snapshots cannot be removed, so theirs go first, on every level. */
  async remove(path: string): Promise<void> {
    this.root.assertBelow(path);
    await onCeph(path, async () => {
      try {
        await rm(path, { recursive: true, force: true });
      } catch (error) {
        if (errorCode(error) !== 'ENOTEMPTY') throw error;
        await removeSnapshotsIn(path);
        await rm(path, { recursive: true, force: true });
      }
    });
  }
}

async function removeSnapshotsIn(path: string): Promise<void> {
  const names = await readdir(join(path, '.snap'));
  // Those with an underscore belong to a directory further up.
  for (const name of names.filter((found) => !found.startsWith('_'))) await rmdir(join(path, '.snap', name));
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeSnapshotsIn(join(path, entry.name));
  }
}
