import type { Readable } from 'node:stream';

/** Where backups are kept: parts with names, in one folder per backup. */
export interface BackupDestination {
  readonly name: string;
  /** Takes the part in, whole or not at all; replaces one of the same name. Throws `backup.destination_full`. */
  write(backupId: string, part: string, content: Readable): Promise<void>;
  /** Throws `backup.part_missing`. */
  read(backupId: string, part: string): Promise<Readable>;
  /** Removes everything of the backup; succeeds when there is nothing. */
  remove(backupId: string): Promise<void>;
}
