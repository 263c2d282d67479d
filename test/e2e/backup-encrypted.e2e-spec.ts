import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { poll } from '../../infrastructure/scripts/process.ts';
import {
  backupFolder,
  type BackupView,
  filesOf,
  listBackups,
  requestRestore,
  rowsOf,
} from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { controlSql, tenantSql } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { scale, Worker } from '../support/worker';

const run = promisify(execFile);
const site = testSite();
const edge = edgeOf(site);

/** What dumps and archives begin with. */
const PLAIN = { dump: Buffer.from('PGDMP'), zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) };

jest.setTimeout(240_000);

describe('backups that are made by themselves, encrypted', () => {
  let customer: Customer;
  let instance: InstanceView;
  let worker: Worker | undefined;
  let backup: BackupView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('sealed'),
      odoo_version: site.lightVersion,
    });
    await mark('before');
    await scale(site, 'lifecycle', 0);
    const environment = { BACKUP_ENCRYPTION: 'aes-256-gcm', BACKUP_SCHEDULE_EVERY_MS: '500' };
    worker = await Worker.start(site, 'lifecycle', { environment, named: true });
  });

  afterAll(async () => {
    await worker?.remove();
    await scale(site, 'lifecycle', 1);
  });

  async function mark(text: string): Promise<void> {
    const sql = `INSERT INTO ir_config_parameter (key, value) VALUES ('test.mark', '${text}')
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
    await tenantSql(site, sql, instance.database_name);
  }

  async function reached<T>(look: () => Promise<T | undefined>): Promise<T> {
    const found = await poll(look, 120_000, 250);
    if (found === undefined) throw new Error(`it did not come about\n${await worker?.log()}`);
    return found;
  }

  const nextAt = async (): Promise<number | undefined> => {
    const sql = `SELECT extract(epoch FROM next_at) FROM backup_schedule WHERE instance_id = '${instance.id}'`;
    const [seconds] = await controlSql(site, sql);
    return seconds === undefined ? undefined : Number(seconds);
  };

  test('an instance is given a schedule, and is backed up when its time has come', async () => {
    await reached(nextAt);
    const due = `UPDATE backup_schedule SET next_at = now() - interval '1 minute'`;
    await controlSql(site, `${due} WHERE instance_id = '${instance.id}'`);
    backup = await reached(async () => {
      const [made] = await listBackups(customer, instance.id);
      return made?.status === 'completed' ? made : undefined;
    });
    expect(backup).toMatchObject({ kind: 'scheduled', consistent: true, encrypted: true });
    expect((await nextAt()) ?? 0).toBeGreaterThan(Date.now() / 1000);
    expect(await listBackups(customer, instance.id)).toHaveLength(1);
  });

  test('nothing of what it holds can be told from where it lies', async () => {
    const folder = backupFolder(site, backup.id);
    const parts = (await readdir(folder)).filter((name) => name !== 'manifest.json');
    expect(parts.sort()).toEqual(['database.dump', 'files.tar.zst']);
    for (const part of parts) {
      const stored = await readFile(join(folder, part));
      expect([part, stored.subarray(0, 5).toString('latin1')]).toEqual([part, 'SOBK1']);
      expect([part, stored.includes(PLAIN.dump)]).toEqual([part, false]);
      expect([part, stored.subarray(21, 25).equals(PLAIN.zstd)]).toEqual([part, false]);
    }
  });

  test('it is downloaded as what it was', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saasodoo-sealed-'));
    try {
      const zip = join(folder, 'backup.zip');
      const answer = await customer.open(`/instance/backups/${backup.id}/download`);
      expect(answer.statusCode).toBe(200);
      await pipeline(answer, createWriteStream(zip));
      await run('python3', ['-m', 'zipfile', '-e', zip, folder]);
      expect(await readFile(join(folder, 'dump.sql'), 'utf8')).toMatch(/test\.mark\tbefore/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('it is restored: the same rows, the same files', async () => {
    const [rows, files] = [await rowsOf(site, instance), await filesOf(site, instance)];
    await mark('after');
    const { operation } = await requestRestore(customer, backup.id, { safety_backup: false });
    await customer.succeeded(operation.id);
    const sql = `SELECT value FROM ir_config_parameter WHERE key = 'test.mark'`;
    expect(await tenantSql(site, sql, instance.database_name)).toEqual(['before']);
    expect(await rowsOf(site, instance)).toEqual(rows);
    expect(await filesOf(site, instance)).toEqual(files);
    await expectServed(customer, instance);
  });
});
