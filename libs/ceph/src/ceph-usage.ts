import { AppError } from '@saasodoo/kernel';
import type { CephRoot } from './ceph-root';
import type { ExtendedAttributes } from './extended-attributes';

export interface DirectoryUsage {
  /** Of all files below, as long as they are, not as many blocks as they take. */
  readonly bytes: number;
  readonly files: number;
  /** Files and directories, the directory itself included: what a quota of files counts. */
  readonly entries: number;
}

/**
 * What directories hold with all that is below them. CephFS keeps it, so it costs the same for a million files as for none;
 * what another client has just written is in it some seconds later.
 */
export class CephUsage {
  constructor(
    private readonly root: CephRoot,
    private readonly attributes: ExtendedAttributes,
  ) {}

  async of(path: string): Promise<DirectoryUsage> {
    this.root.assertBelow(path);
    const [bytes, files, entries] = await Promise.all([
      this.count(path, 'ceph.dir.rbytes'),
      this.count(path, 'ceph.dir.rfiles'),
      this.count(path, 'ceph.dir.rentries'),
    ]);
    return { bytes, files, entries };
  }

  async bytesOf(path: string): Promise<number> {
    this.root.assertBelow(path);
    return this.count(path, 'ceph.dir.rbytes');
  }

  /** By path, some hundred with one look; those that are not there are left out. */
  async bytesOfEach(paths: readonly string[]): Promise<Map<string, number>> {
    for (const path of paths) this.root.assertBelow(path);
    const values = await this.attributes.getEach(paths, 'ceph.dir.rbytes');
    return new Map([...values].map(([path, value]) => [path, toNumber(path, value)]));
  }

  private async count(path: string, name: string): Promise<number> {
    return toNumber(path, await this.attributes.get(path, name));
  }
}

function toNumber(path: string, value: string | undefined): number {
  const count = Number(value ?? NaN);
  if (Number.isSafeInteger(count)) return count;
  throw AppError.terminal('ceph.not_cephfs', `${path} has no usage that CephFS keeps`, {
    hint: 'Mount CephFS there, or use STORAGE_DRIVER=local.',
    facts: { path, value: value ?? null },
  });
}
