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

/**
 * Directories of instances, one each, that every node with tenants sees under the same path.
 * A name is one path segment, such as `odoo_data_mine_0197f3c2`.
 */
export interface InstanceStorage {
  /** Whether writing beyond the quota is refused. Said in the API: nobody should believe in a quota that is none. */
  readonly enforcesQuota: boolean;
  /** The path to bind into the task. Throws `storage.name_malformed`. */
  path(name: string): string;
  /** Creates the directory or adopts the instance's own. Throws `storage.directory_foreign`. */
  ensureDirectory(name: string, owner: DirectoryOwner): Promise<void>;
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
}
