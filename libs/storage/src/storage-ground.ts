import type { ErrorRecord } from '@saasodoo/kernel';
import { rm } from 'node:fs/promises';

/** What directories are on, where that differs from a plain disk. */
export interface StorageGround {
  /** Throws why it is not there: without it, files would land on the node's own disk and be missed everywhere else. */
  require(): Promise<void>;
  /** Why nothing can be written now; `undefined` when something can. */
  trouble(): Promise<ErrorRecord | undefined>;
  /** Makes a call on `path` and says what its failure means there. */
  explain<T>(path: string, call: () => Promise<T>): Promise<T>;
  /** Removes a directory with all it holds; succeeds when there is none. */
  remove(path: string): Promise<void>;
}

/** The node's own disk. */
export const plainGround: StorageGround = {
  require: () => Promise.resolve(),
  trouble: () => Promise.resolve(undefined),
  explain: (_path, call) => call(),
  remove: (path) => rm(path, { recursive: true, force: true }),
};
