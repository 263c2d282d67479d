import { rm } from 'node:fs/promises';

/** What directories are on, where that differs from a plain disk. */
export interface StorageGround {
  /** Throws why it is not there: without it, files would land on the node's own disk and be missed everywhere else. */
  require(): Promise<void>;
  /** Removes a directory with all it holds; succeeds when there is none. */
  remove(path: string): Promise<void>;
}

/** The node's own disk. */
export const plainGround: StorageGround = {
  require: () => Promise.resolve(),
  remove: (path) => rm(path, { recursive: true, force: true }),
};
