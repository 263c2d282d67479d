import { storageDirectoryName } from '@saasodoo/instances/domain';
import type { TenantContext } from '@saasodoo/tenants';
import type { TreeSize } from './file-tree';

/** Held before the database is dumped, and once more when it was. */
export type HeldMoment = 'before' | 'after';

/** Logged-in browsers are no data, and their files change all the time. */
export const NOT_BACKED_UP = ['sessions'];

/** What is needed to hold on to files; the rest of a context is for others. */
export type HoldContext = Pick<TenantContext, 'operation' | 'instance' | 'signal'>;

/**
 * The files of an instance as they were before its database was dumped and as they were when it had been, whatever a running
 * Odoo writes and cleans away meanwhile: together they have every file that the dump names.
 */
export interface HeldFiles {
  /** Called again for the same moment it changes nothing that matters. Throws `storage.directory_missing`. */
  hold(context: HoldContext, moment: HeldMoment): Promise<void>;
  /** For bash: makes `/workspace/files.tar.zst` of both moments. */
  readonly archiveScript: string;
  /** What the script needs besides `/workspace`: path in the container → directory on the node. */
  directories(context: HoldContext): Readonly<Record<string, string>>;
  /** What was archived. */
  measure(context: HoldContext): Promise<TreeSize>;
  /** Where a file is looked for. */
  roots(context: HoldContext): readonly string[];
  /** Lets go of both; succeeds when nothing is held. */
  release(context: HoldContext): Promise<void>;
}

export const HELD_FILES = Symbol('held files');

export function directoryNameOf({ instance }: Pick<HoldContext, 'instance'>): string {
  return storageDirectoryName(instance.databaseName, instance.id);
}
