import type { BackupManifest } from '@saasodoo/backups/domain';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** Most of what Odoo stores is compressed already, and the reader waits: this is quick. */
const LEVEL = 1;

/**
 * The zip that Odoo's own database manager writes and reads: `dump.sql`, `filestore/` and `manifest.json`, streamed while
 * it is made.
 *
 * @param folder holds `dump.sql` and the instance's files below `files`
 */
export function odooArchive(folder: string, manifest: BackupManifest): Readable {
  const zip = new ZipFile();
  const { outputStream } = zip;
  addAll(zip, folder, manifest).catch((error: unknown) => {
    outputStream.emit('error', error);
  });
  return outputStream as Readable;
}

async function addAll(zip: ZipFile, folder: string, manifest: BackupManifest): Promise<void> {
  zip.addBuffer(Buffer.from(JSON.stringify(odooManifest(manifest), null, 4)), 'manifest.json');
  zip.addFile(join(folder, 'dump.sql'), 'dump.sql', { compressionLevel: LEVEL });
  const filestore = join(folder, 'files', 'filestore', manifest.instance.database_name);
  for (const path of await filesBelow(filestore)) {
    const name = relative(filestore, path).split(sep).join('/');
    zip.addFile(path, `filestore/${name}`, { compressionLevel: LEVEL });
  }
  zip.end();
}

/** An instance that never stored a file has no filestore. */
async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** As `odoo/service/db.py` writes it. */
function odooManifest({ instance, odoo, database }: BackupManifest): object {
  const [major = '', minor = '0'] = odoo.version.split('.');
  return {
    odoo_dump: '1',
    db_name: instance.database_name,
    version: `${major}.${minor}`,
    version_info: [Number(major), Number(minor), 0, 'final', 0, ''],
    major_version: `${major}.${minor}`,
    pg_version: database.server_version.split('.').slice(0, 2).join('.'),
    modules: odoo.modules,
  };
}
