import { AppError } from '@saasodoo/kernel';
import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { onCeph } from './ceph-error';

/** The part of CephFS that may be touched: nothing leads out of it, neither `..` nor a link. */
export class CephRoot {
  readonly path: string;

  /** @param path absolute; where CephFS, or a directory of it, is mounted. */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Throws `ceph.path_outside`, also when the path is the root itself. */
  assertBelow(path: string): void {
    if (path !== resolve(path) || path.includes('\0') || !path.startsWith(withEnd(this.path))) {
      throw outside(path, this.path);
    }
  }

  /** The same, for a directory that exists, whatever links are on the way. Throws `ceph.path_outside`. */
  async requireBelow(path: string): Promise<void> {
    this.assertBelow(path);
    const [root, real] = await onCeph(path, () => Promise.all([realpath(this.path), realpath(path)]));
    if (real !== root + path.slice(this.path.length)) throw outside(path, this.path);
  }
}

function withEnd(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}

function outside(path: string, root: string): AppError {
  return AppError.terminal('ceph.path_outside', `${JSON.stringify(path)} does not lie below ${root}`, {
    hint: 'Name a directory below the storage root, without links on the way.',
    facts: { path, root },
  });
}
