import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { HttpAnswer } from '../../infrastructure/scripts/stack/http.ts';
import { type Customer, freshName, type InstanceView } from './customer';

const run = promisify(execFile);

export interface ImportView {
  readonly id: string;
  readonly status: string;
  readonly odoo_version: string | null;
  readonly instance_id: string | null;
}

/** A backup as the zip that a customer gets of it. */
export async function downloadBackup(customer: Customer, backupId: string, path: string): Promise<void> {
  const answer = await customer.open(`/instance/backups/${backupId}/download`);
  if (answer.statusCode !== 200) throw new Error(`the download answered ${answer.statusCode}`);
  await pipeline(answer, createWriteStream(path));
}

/** A zip with a dump of one's own, as Odoo's database manager would make it. */
export async function zipAround(dump: string, version: string, folder: string): Promise<string> {
  const path = join(folder, `${freshName('zip')}.zip`);
  const [major = '', minor = '0'] = version.split('.');
  const manifest = { odoo_dump: '1', db_name: 'mine', version_info: [Number(major), Number(minor), 0] };
  await writeFile(join(folder, 'dump.sql'), dump);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await run('python3', ['-m', 'zipfile', '-c', path, 'dump.sql', 'manifest.json'], { cwd: folder });
  return path;
}

export async function announce(customer: Customer, path: string): Promise<string> {
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  const json = { size_bytes: (await stat(path)).size, sha256 };
  const answer = await customer.call('/instance/imports', { method: 'POST', json });
  if (answer.status !== 201) throw new Error(`the announcement answered ${answer.status}: ${answer.body}`);
  return (JSON.parse(answer.body) as ImportView).id;
}

/** Sends the content; the answer is whatever the API said. */
export async function sendContent(customer: Customer, importId: string, path: string): Promise<HttpAnswer> {
  return customer.call(`/instance/imports/${importId}/content`, {
    method: 'PUT',
    headers: { 'content-type': 'application/zip', 'content-length': String((await stat(path)).size) },
    content: createReadStream(path),
    timeoutMs: 120_000,
  });
}

/** An import that was received whole. */
export async function receivedImport(customer: Customer, path: string): Promise<string> {
  const id = await announce(customer, path);
  const answer = await sendContent(customer, id, path);
  if (answer.status !== 200) throw new Error(`the content answered ${answer.status}: ${answer.body}`);
  return id;
}

/** The instance that is to begin with the import, as it was accepted. */
export async function requestImported(
  customer: Customer,
  importId: string,
  wish: Readonly<Record<string, unknown>> = {},
): Promise<InstanceView> {
  const json = {
    name: 'Moved',
    database_name: freshName('moved'),
    admin_email: 'moved@example.com',
    ...wish,
  };
  const answer = await customer.call(`/instance/imports/${importId}/instance`, { method: 'POST', json });
  if (answer.status !== 202) throw new Error(`the import answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as InstanceView;
}
