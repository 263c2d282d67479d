import type { ErrorRecord } from '@saasodoo/kernel';
import type { DirectoryClaim } from './owner-files';

/** Whose a directory is, and what may be put into it. */
export interface DirectoryOwner {
  readonly instanceId: string;
  /** The user and group that Odoo runs as in its container. */
  readonly uid: number;
  readonly gid: number;
  /** What the customer pays for, in bytes; enforced where the driver can. */
  readonly quotaBytes: number;
}

/** A directory that an instance has claimed, whether or not it has been made yet. */
export interface StoredDirectory extends DirectoryClaim {
  /** Out of the way of its instance, complete, and not yet removed. */
  readonly isSetAside: boolean;
}

/** A frozen view of a directory. */
export interface StoredSnapshot {
  readonly label: string;
  readonly takenAt: Date;
}

/** The user and group that Odoo runs as in its container. */
export type DirectoryUser = Pick<DirectoryOwner, 'uid' | 'gid'>;

export interface QuotaOptions {
  /** Also below what is used already: nothing more can be written then. For operators. */
  readonly force?: boolean;
}

/**
 * Directories of instances, one each, that every node with tenants sees under the same path.
 * A name is one path segment, such as `odoo_data_mine_0197f3c2`.
 */
export interface InstanceStorage {
  /** Whether writing beyond the quota is refused. Said in the API: nobody should believe in a quota that is none. */
  readonly enforcesQuota: boolean;
  /** Whether `snapshot` can be used. */
  readonly takesSnapshots: boolean;
  /** Whether the storage is there at all. Throws why not; every other call that touches a directory does so too. */
  requireMounted(): Promise<void>;
  /**
   * Why nothing can be written now; `undefined` when something can. Answers within seconds, whatever hangs. A plain disk is
   * not asked.
   */
  trouble(): Promise<ErrorRecord | undefined>;
  /** The path to bind into the task. Throws `storage.name_malformed`. */
  path(name: string): string;
  /** Creates the directory with its quota, or adopts the instance's own. Throws `storage.directory_foreign`. */
  ensureDirectory(name: string, owner: DirectoryOwner): Promise<void>;
  /**
   * A directory for the sessions of an instance, made when it is missing: Odoo writes one for every visitor, so where quotas
   * are enforced a full directory would lock everybody out. `undefined` where they may stay among the files.
   */
  sessionsDirectory(name: string, user: DirectoryUser): Promise<string | undefined>;
  exists(name: string): Promise<boolean>;
  /** Removes the directory with all it holds; succeeds when there is none. Throws `storage.directory_foreign`. */
  removeDirectory(name: string, instanceId: string): Promise<void>;
  /** Everything that was claimed here, by whatever platform. */
  list(): Promise<StoredDirectory[]>;
  /** Moves the directory out of the way, so that it can be brought back whole. Throws `storage.directory_foreign`. */
  setAside(name: string, instanceId: string): Promise<void>;
  /** Undoes `setAside`; `ensureDirectory` does it too. Throws `storage.directory_foreign`. */
  bringBack(name: string, instanceId: string): Promise<void>;
  /** Bytes that the directory holds, set aside or not. */
  usage(name: string): Promise<number>;
  /** The same of many, by name; those that are not there are left out. */
  usages(names: readonly string[]): Promise<Map<string, number>>;
  /**
   * Another limit, which applies at once and restarts nothing; does nothing where quotas are not enforced.
   * Throws `storage.quota_below_usage`, with the figures.
   */
  setQuota(name: string, bytes: number, options?: QuotaOptions): Promise<void>;
  /** As the storage has it; `undefined` where nothing limits the directory. */
  quota(name: string): Promise<number | undefined>;
  /** Throws `storage.snapshots_unsupported` where there are none. */
  snapshot(name: string, label: string): Promise<void>;
  /** Oldest first. */
  listSnapshots(name: string): Promise<StoredSnapshot[]>;
  /** Succeeds when there is none. */
  removeSnapshot(name: string, label: string): Promise<void>;
  /** Where the files of a snapshot are read. Throws `storage.snapshots_unsupported`. */
  snapshotPath(name: string, label: string): string;
}
