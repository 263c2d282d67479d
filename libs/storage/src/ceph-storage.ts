import { AppError, type ErrorRecord } from '@saasodoo/kernel';
import { chown, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CephFiles } from './ceph-files';
import type {
  DirectoryOwner,
  DirectoryUser,
  InstanceStorage,
  QuotaOptions,
  StoredDirectory,
  StoredSnapshot,
} from './instance-storage';
import { LocalStorage } from './local-storage';
import type { StorageGround } from './storage-ground';

export interface CephStorageOptions {
  /** Written on what is made here, so that another platform with the same root leaves it alone. */
  readonly platform?: string;
  /** How many files and directories an instance may have; as many as it likes when absent. */
  readonly maxFiles?: number;
}

/** Sessions are some hundred bytes each, and Odoo removes those that nobody uses. */
const SESSIONS_BYTES = 256 * 1024 ** 2;

/** Directories on CephFS, which every node sees: quotas are enforced, usage costs nothing to ask, snapshots take an instant. */
export class CephStorage implements InstanceStorage {
  readonly enforcesQuota = true;
  readonly takesSnapshots = true;
  private readonly files: LocalStorage;

  /** @param root absolute; where CephFS is mounted with the capabilities r, w, p and s. */
  constructor(
    root: string,
    private readonly ceph: CephFiles,
    private readonly options: CephStorageOptions = {},
  ) {
    this.files = new LocalStorage(root, options.platform, groundOf(ceph));
  }

  requireMounted(): Promise<void> {
    return this.files.requireMounted();
  }

  trouble(): Promise<ErrorRecord | undefined> {
    return this.files.trouble();
  }

  path(name: string): string {
    return this.files.path(name);
  }

  /** The quota is what is paid for, also for a directory that is adopted and holds more. */
  async ensureDirectory(name: string, owner: DirectoryOwner): Promise<void> {
    await this.files.ensureDirectory(name, owner);
    const { maxFiles } = this.options;
    const limits = { maxBytes: owner.quotaBytes, ...(maxFiles === undefined ? {} : { maxFiles }) };
    await this.ceph.quotas.set(this.path(name), limits, { force: true });
  }

  /** Of its own, with a small quota of its own: what is written there does not count for the customer. */
  async sessionsDirectory(name: string, { uid, gid }: DirectoryUser): Promise<string> {
    const path = this.sessionsPath(name);
    await this.requireMounted();
    await this.ceph.explain(path, async () => {
      await mkdir(path, { recursive: true, mode: 0o750 });
      await chown(path, uid, gid);
    });
    await this.ceph.quotas.set(path, { maxBytes: SESSIONS_BYTES }, { force: true });
    return path;
  }

  exists(name: string): Promise<boolean> {
    return this.files.exists(name);
  }

  async removeDirectory(name: string, instanceId: string): Promise<void> {
    await this.files.removeDirectory(name, instanceId);
    // Somebody else's name is left alone above, and so are the sessions that go with it.
    if (!(await this.files.isClaimed(name))) await this.ceph.trees.remove(this.sessionsPath(name));
  }

  list(): Promise<StoredDirectory[]> {
    return this.files.list();
  }

  setAside(name: string, instanceId: string): Promise<void> {
    return this.files.setAside(name, instanceId);
  }

  bringBack(name: string, instanceId: string): Promise<void> {
    return this.files.bringBack(name, instanceId);
  }

  async usage(name: string): Promise<number> {
    const path = await this.files.whereabouts(name);
    return (await this.ceph.usage.bytesOfEach([path])).get(path) ?? 0;
  }

  async usages(names: readonly string[]): Promise<Map<string, number>> {
    const nameByPath = new Map(names.map((name) => [this.path(name), name]));
    await this.requireMounted();
    const sizes = await this.ceph.usage.bytesOfEach([...nameByPath.keys()]);
    return new Map([...sizes].map(([path, bytes]) => [nameByPath.get(path) ?? path, bytes]));
  }

  async setQuota(name: string, bytes: number, options: QuotaOptions = {}): Promise<void> {
    const path = await this.requireDirectory(name);
    await this.ceph.quotas.set(path, { maxBytes: bytes }, options);
  }

  async quota(name: string): Promise<number | undefined> {
    return (await this.ceph.quotas.get(await this.requireDirectory(name))).maxBytes;
  }

  async snapshot(name: string, label: string): Promise<void> {
    await this.ceph.snapshots.create(await this.requireDirectory(name), label);
  }

  async listSnapshots(name: string): Promise<StoredSnapshot[]> {
    const snapshots = await this.ceph.snapshots.list(await this.requireDirectory(name));
    return snapshots.map(({ name: label, takenAt }) => ({ label, takenAt }));
  }

  async removeSnapshot(name: string, label: string): Promise<void> {
    if (await this.exists(name)) await this.ceph.snapshots.remove(this.path(name), label);
  }

  snapshotPath(name: string, label: string): string {
    return this.ceph.snapshots.path(this.path(name), label);
  }

  /** Beside the directories, under a name that none of them can have. */
  private sessionsPath(name: string): string {
    const path = this.path(name);
    return join(dirname(path), '.sessions', name);
  }

  private async requireDirectory(name: string): Promise<string> {
    if (await this.exists(name)) return this.path(name);
    throw directoryMissing(this.path(name));
  }
}

/** The same for whatever else is kept on that CephFS. */
export function groundOf(ceph: Pick<CephFiles, 'mount' | 'trees' | 'explain'>): StorageGround {
  const { mount, trees } = ceph;
  return {
    require: () => mount.require(),
    trouble: () => mount.trouble(),
    explain: (path, call) => ceph.explain(path, call),
    remove: (path) => trees.remove(path),
  };
}

function directoryMissing(path: string): AppError {
  return AppError.terminal('storage.directory_missing', `${path} is not there`, {
    hint: 'If the files are lost, restore them.',
    facts: { path },
  });
}
