import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { poll } from '../../infrastructure/scripts/process.ts';
import {
  backupFolder,
  filesOf,
  listBackups,
  readBackup,
  requestRestore,
  rowsOf,
  takeBackup,
} from '../support/backups';
import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import { leftoversOf, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containerOfInstance } from '../support/tasks';

const run = promisify(execFile);
const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

describe('a backup of a real Odoo', () => {
  let customer: Customer;
  let instance: InstanceView;
  let odoo: OdooSession;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('backup'),
      odoo_version: site.odooVersion,
    });
    odoo = await OdooSession.open(edge, customer, instance);
  });

  /** Containers of jobs and of earlier tasks come and go while the engine is asked. */
  async function servingContainer(): Promise<string> {
    const found = await poll(() => containerOfInstance(instance.id).catch(() => undefined), 30_000);
    if (found === undefined) throw new Error('no single container serves the instance');
    return found.id;
  }

  test('is taken while Odoo serves, and is what it says', async () => {
    await odoo.attach('kept-1', Buffer.from('first'));
    const container = await servingContainer();
    const backup = await takeBackup(customer, instance.id);
    expect(backup).toMatchObject({ kind: 'manual', status: 'completed', consistent: true, error: null });
    expect(backup.size_bytes).toBeGreaterThan(100_000);
    expect(await servingContainer()).toBe(container);
    const manifest = JSON.parse(
      await readFile(join(backupFolder(site, backup.id), 'manifest.json'), 'utf8'),
    ) as { files: { count: number }; parts: { name: string }[] };
    expect(manifest.files.count).toBe(Object.keys(await filesOf(site, instance)).length);
    expect(manifest.parts.map(({ name }) => name)).toEqual(['database.dump', 'files.tar.zst']);
    expect((await listBackups(customer, instance.id)).map(({ id }) => id)).toContain(backup.id);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
    expect(await readdir(join(site.storageRoot, 'odoo_backups', '.workspace'))).toEqual([]);
  });

  test('is restored in place: the same rows, the same files, byte by byte', async () => {
    await odoo.attach('kept-2', Buffer.from('second'));
    const [rows, files] = [await rowsOf(site, instance), await filesOf(site, instance)];
    const backup = await takeBackup(customer, instance.id);
    await odoo.attach('lost-1', Buffer.from('written after the backup'));
    const { operation } = await requestRestore(customer, backup.id);
    await customer.succeeded(operation.id);
    await expectServed(customer, instance);
    expect(await filesOf(site, instance)).toEqual(files);
    odoo = await OdooSession.open(edge, customer, instance);
    expect([...(await odoo.attachments('kept-')).keys()].sort()).toEqual(['kept-1', 'kept-2']);
    expect((await odoo.attachments('lost-')).size).toBe(0);
    // A login is written down by Odoo itself, in one row each.
    const unchanged = (all: readonly string[]) => all.filter((row) => !/^res_users_log=/.test(row));
    expect(unchanged(await rowsOf(site, instance))).toEqual(unchanged(rows));
    const safety = (await listBackups(customer, instance.id)).find(({ kind }) => kind === 'safety');
    expect(safety).toMatchObject({ status: 'completed', consistent: true });
  });

  test('what a restoration replaced can be had back, and is tidied away', async () => {
    const safety = (await listBackups(customer, instance.id)).find(({ kind }) => kind === 'safety');
    const { operation } = await requestRestore(customer, safety?.id ?? '');
    await customer.succeeded(operation.id);
    odoo = await OdooSession.open(edge, customer, instance);
    expect((await odoo.attachments('lost-')).size).toBe(1);
    const operations = await customer.read<{ operations: { id: string; kind: string }[] }>(
      `/instance/operations?instance_id=${instance.id}`,
    );
    const discards = operations.operations.filter(({ kind }) => kind === 'discard');
    expect(discards).toHaveLength(2);
    for (const { id } of discards) await customer.succeeded(id);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });

  test('that was damaged is refused before anything is touched', async () => {
    const backup = await takeBackup(customer, instance.id);
    const path = join(backupFolder(site, backup.id), 'database.dump');
    const whole = await readFile(path);
    const container = await servingContainer();
    const damages: [string, Buffer][] = [
      ['changed', Buffer.concat([whole.subarray(0, 5000), Buffer.from('x'), whole.subarray(5001)])],
      ['cut off', whole.subarray(0, whole.length / 2)],
    ];
    for (const [, content] of damages) {
      await writeFile(path, content);
      const { operation } = await requestRestore(customer, backup.id);
      const ended = await customer.settled(operation.id);
      expect(ended).toMatchObject({ status: 'failed', error: { code: 'backup.part_damaged' } });
      await expectServed(customer, instance);
    }
    expect(await servingContainer()).toBe(container);
    await writeFile(path, whole);
    await writeFile(join(backupFolder(site, backup.id), 'manifest.json'), '{}');
    const { operation } = await requestRestore(customer, backup.id);
    const ended = await customer.settled(operation.id);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'backup.manifest_damaged' } });
    await expectServed(customer, instance);
  });

  test("another customer's backup is not there", async () => {
    const [backup] = await listBackups(customer, instance.id);
    const stranger = await Customer.register(edge);
    for (const [path, method] of [
      [`/instance/backups/${backup?.id}`, 'GET'],
      [`/instance/backups/${backup?.id}`, 'DELETE'],
      [`/instance/backups/${backup?.id}/restore`, 'POST'],
      [`/instance/backups/${backup?.id}/download`, 'GET'],
      [`/instance/instances/${instance.id}/backups`, 'GET'],
      [`/instance/instances/${instance.id}/backups`, 'POST'],
      ['/instance/backups/..%2F..%2Fetc', 'GET'],
    ] as const) {
      expect((await stranger.call(path, { method })).status).toBe(404);
    }
  });

  test('is deleted with all its parts, but not while it is needed', async () => {
    const backup = await takeBackup(customer, instance.id);
    const restore = await requestRestore(customer, backup.id);
    const early = await customer.call(`/instance/backups/${backup.id}`, { method: 'DELETE' });
    expect([early.status, problemOf(early).code]).toEqual([409, 'backup.in_use']);
    await customer.succeeded(restore.operation.id);
    const answer = await customer.call(`/instance/backups/${backup.id}`, { method: 'DELETE' });
    expect(answer.status).toBe(202);
    await customer.succeeded((JSON.parse(answer.body) as { operation: { id: string } }).operation.id);
    expect((await customer.call(`/instance/backups/${backup.id}`)).status).toBe(404);
    await expect(readdir(backupFolder(site, backup.id))).rejects.toThrow('ENOENT');
  });

  test('becomes a new instance, which can do nothing outside', async () => {
    const sql = `INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption, active, sequence)
      VALUES ('real', 'mail.example.com', 25, 'none', true, 5)`;
    await tenantSql(site, sql, instance.database_name);
    await odoo.attach('copied-1', Buffer.from('copied'));
    const backup = await takeBackup(customer, instance.id);
    const name = freshName('copy');
    const json = { name: 'To try things', database_name: name };
    const answer = await customer.call(`/instance/backups/${backup.id}/copy`, { method: 'POST', json });
    expect([answer.status, answer.body]).toEqual([202, expect.stringContaining(name)]);
    const asked = JSON.parse(answer.body) as InstanceView;
    await customer.succeeded(asked.operation.id);
    const copy = await customer.instance(asked.id);
    await expectServed(customer, copy);
    expect(await leftoversOf(site, copy)).toEqual(ONE_OF_EACH);
    const session = await OdooSession.open(edge, customer, copy);
    const content = Buffer.from('copied').toString('base64');
    expect((await session.attachments('copied-')).get('copied-1')).toBe(content);
    const loud = `SELECT smtp_host FROM ir_mail_server WHERE active
      UNION ALL SELECT cron_name FROM ir_cron WHERE active AND id NOT IN
        (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'autovacuum_job')`;
    expect(await tenantSql(site, loud, name)).toEqual(['invalid']);
    const uuid = `SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'`;
    expect(await tenantSql(site, uuid, name)).toEqual([copy.id]);
    expect(await tenantSql(site, uuid, instance.database_name)).toEqual([instance.id]);
    await customer.succeeded((await customer.terminate(copy.id)).id);
    expect((await readBackup(customer, backup.id)).status).toBe('completed');
  });

  test('is downloaded as an archive in the layout that Odoo restores from', async () => {
    await odoo.attach('downloaded-1', Buffer.from('downloaded'));
    const backup = await takeBackup(customer, instance.id);
    const folder = await mkdtemp(join(tmpdir(), 'saasodoo-download-'));
    try {
      const zip = join(folder, 'backup.zip');
      const answer = await customer.open(`/instance/backups/${backup.id}/download`);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip']);
      await pipeline(answer, createWriteStream(zip));
      const names = (await run('python3', ['-m', 'zipfile', '-l', zip])).stdout;
      expect(names).toContain('dump.sql');
      await run('python3', ['-m', 'zipfile', '-e', zip, folder]);
      const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as object;
      expect(manifest).toMatchObject({ odoo_dump: '1', db_name: instance.database_name });
      expect(manifest).toHaveProperty('modules.base');
      const live = await filesOf(site, instance);
      const prefix = `filestore/${instance.database_name}/`;
      const stored = Object.entries(live).filter(([path]) => path.startsWith(prefix));
      expect(stored.length).toBeGreaterThan(0);
      for (const [path, hash] of stored) {
        const content = await readFile(join(folder, 'filestore', path.slice(prefix.length)));
        expect(createHash('sha256').update(content).digest('hex')).toBe(hash);
      }
      expect(await readFile(join(folder, 'dump.sql'), 'utf8')).toContain('downloaded-1');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('two restorations at once take turns', async () => {
    const backup = await takeBackup(customer, instance.id);
    const first = await requestRestore(customer, backup.id);
    const second = await requestRestore(customer, backup.id);
    await customer.succeeded(first.operation.id);
    await customer.succeeded(second.operation.id);
    await expectServed(customer, instance);
    expect((await readBackup(customer, backup.id)).status).toBe('completed');
  });
});
