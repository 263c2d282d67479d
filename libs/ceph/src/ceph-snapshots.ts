import { AppError, errorCode } from '@saasodoo/kernel';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onCeph } from './ceph-error';
import type { CephRoot } from './ceph-root';
import type { ExtendedAttributes } from './extended-attributes';

export interface DirectorySnapshot {
  readonly name: string;
  readonly takenAt: Date;
}

/** CephFS shows snapshots of directories further up as `_name_inode`. */
const INHERITED = /^_/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Frozen views of directories, taken in an instant whatever their size; they cost what is changed after them. */
export class CephSnapshots {
  constructor(
    private readonly root: CephRoot,
    private readonly attributes: ExtendedAttributes,
  ) {}

  /** Where it is read. Throws `ceph.snapshot_name_malformed` or `ceph.path_outside`. */
  path(directory: string, name: string): string {
    this.root.assertBelow(directory);
    assertSnapshotName(name);
    return join(directory, '.snap', name);
  }

  /** Throws `ceph.snapshot_exists`, and what `cephError` makes. */
  async create(directory: string, name: string): Promise<void> {
    const path = this.path(directory, name);
    await this.root.requireBelow(directory);
    await onCeph(directory, async () => {
      try {
        await mkdir(path);
      } catch (error) {
        throw errorCode(error) === 'EEXIST' ? snapshotExists(directory, name) : error;
      }
    });
  }

  /** Those of this very directory, oldest first. */
  async list(directory: string): Promise<DirectorySnapshot[]> {
    this.root.assertBelow(directory);
    const all = await onCeph(directory, () => readdir(join(directory, '.snap')));
    const paths = new Map(
      all
        .filter((name) => !INHERITED.test(name))
        .map((name) => [join(directory, '.snap', name), name] as const),
    );
    const times = await this.attributes.getEach([...paths.keys()], 'ceph.snap.btime');
    return [...times]
      .map(([path, time]) => ({ name: paths.get(path) ?? '', takenAt: new Date(Number(time) * 1000) }))
      .sort((one, other) => one.takenAt.getTime() - other.takenAt.getTime());
  }

  /** Succeeds when there is none of that name. */
  async remove(directory: string, name: string): Promise<void> {
    const path = this.path(directory, name);
    await this.root.requireBelow(directory);
    await onCeph(directory, async () => {
      try {
        await rmdir(path);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    });
  }
}

function assertSnapshotName(name: string): void {
  if (NAME.test(name)) return;
  throw AppError.terminal(
    'ceph.snapshot_name_malformed',
    `${JSON.stringify(name)} is no name for a snapshot`,
    { hint: 'Use up to 100 letters, digits, dots, hyphens and underscores, a letter or digit first.' },
  );
}

function snapshotExists(path: string, name: string): AppError {
  return AppError.terminal('ceph.snapshot_exists', `${path} has a snapshot ${name} already`, {
    httpStatus: 409,
    hint: 'Choose another name.',
    facts: { path, name },
  });
}
