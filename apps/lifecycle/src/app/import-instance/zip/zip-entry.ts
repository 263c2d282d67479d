import type { ZipEntryFacts } from '@saasodoo/backups/domain';

/** An entry as the directory of its zip has it. */
export interface ZipEntry extends ZipEntryFacts {
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly packedBytes: number;
  /** Of its local header, from the beginning of the file. */
  readonly offset: number;
}
