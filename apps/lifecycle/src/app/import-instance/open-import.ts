import {
  assertImportable,
  type ImportContents,
  MANIFEST_ENTRY,
  offeredVersion,
  parseImportManifest,
} from '@saasodoo/backups/domain';
import { type FileHandle, open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { BackupsConfig } from '../backups/backups.config';
import { entryContent } from './zip/entry-content';
import { readZipDirectory } from './zip/zip-directory';
import type { ZipEntry } from './zip/zip-entry';

/** A zip that was judged by its directory and its manifest; open for as long as it is worked with. */
export interface OpenImport {
  readonly file: FileHandle;
  readonly entries: readonly ZipEntry[];
  readonly odooVersion: string;
  readonly contents: ImportContents;
}

/** Judges the zip, then hands it to `work`. Throws `import.…` (422) for what is not to be imported. */
export async function withImport<T>(
  path: string,
  config: BackupsConfig,
  work: (zip: OpenImport) => Promise<T>,
): Promise<T> {
  const file = await open(path);
  try {
    return await work(await judged(file, config));
  } finally {
    await file.close();
  }
}

async function judged(file: FileHandle, config: BackupsConfig): Promise<OpenImport> {
  const entries = await readZipDirectory(file, config.IMPORT_MAX_ENTRIES);
  const layout = assertImportable(entries, {
    maxEntries: config.IMPORT_MAX_ENTRIES,
    maxUnpackedBytes: config.IMPORT_MAX_UNPACKED_BYTES,
  });
  const described = entries.filter(({ name }) => name === MANIFEST_ENTRY);
  const json = await Promise.all(described.map((entry) => text(Readable.from(entryContent(file, entry)))));
  const manifest = parseImportManifest(json.join(''));
  const contents = {
    database_name: manifest.databaseName,
    ...(manifest.baseVersion === undefined ? {} : { base_version: manifest.baseVersion }),
    modules: manifest.modules,
    dump_bytes: layout.dumpBytes,
    files: layout.files,
    files_bytes: layout.filesBytes,
  };
  return {
    ...{ file, entries, contents },
    odooVersion: offeredVersion(manifest.version, Object.keys(config.ODOO_IMAGES)),
  };
}
