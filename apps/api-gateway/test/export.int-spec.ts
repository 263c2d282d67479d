import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { receivedImport } from './announced-import';
import { type ApiClient, problemOf, refusedFields } from './api-client';
import { completedBackup } from './completed-backup';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { idOf, loginAdmin, newOperator, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(30_000);

const run = promisify(execFile);

let gateway: GatewayUnderTest;
let admin: ApiClient;
let ada: ApiClient;
/** Stands in for the app that reads backups. */
let reader: Server;
let read: (url: string, answer: ServerResponse) => void;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saasodoo-export-'));
  reader = createServer((incoming, answer) => read(incoming.url ?? '', answer));
  await once(reader.listen(0, '127.0.0.1'), 'listening');
  const { port } = reader.address() as AddressInfo;
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    {
      ...OPERATOR_ENVIRONMENT,
      ...{ QUOTA_INSTANCES: '1000', QUOTA_CPUS: '1000', QUOTA_MEMORY: '10T' },
      ...{ LIFECYCLE_URL: `http://127.0.0.1:${port}`, BACKUP_KEY: 'k'.repeat(40) },
    },
  );
  admin = await loginAdmin(gateway.client);
  ada = await gateway.client.newCustomer('ada@example.com');
}, 240_000);
afterAll(async () => {
  await gateway.close();
  reader.close();
  await rm(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

async function exported(path: string, by = ada): Promise<Files> {
  const headers = { authorization: `Bearer ${by.session?.access_token}` };
  const answer = await fetch(new URL(path, by.url), { headers });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const out = await mkdtemp(join(folder, 'zip-'));
  const zip = join(out, 'export.zip');
  await writeFile(zip, Buffer.from(await answer.arrayBuffer()));
  await run('python3', ['-m', 'zipfile', '-e', zip, join(out, 'content')]);
  const entries = await readdir(join(out, 'content'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => [file.slice(out.length + '/content/'.length), await readFile(file, 'utf8')]),
  );
  return Object.fromEntries(contents) as Files;
}

function listIn(files: Files, name: string): Record<string, unknown>[] {
  return JSON.parse(files[name] ?? 'null') as Record<string, unknown>[];
}

async function runningInstance(owner: ApiClient): Promise<string> {
  const { id } = await owner.createInstance();
  await gateway.dataSource.query(
    `UPDATE instance SET status = 'running', database_server = 'one', environment = '{"KEY": "value"}' WHERE id = $1`,
    [id],
  );
  return id;
}

describe('an export', () => {
  it('has everything of its customer, and nothing of anybody else', async () => {
    const eve = await gateway.client.newCustomer('eve@example.com');
    const theirs = await runningInstance(eve);
    await completedBackup(gateway, eve, theirs);
    const instance = await runningInstance(ada);
    const backup = await completedBackup(gateway, ada, instance);
    const imported = await receivedImport(gateway, ada);
    const files = await exported('/instance/export');
    const about = JSON.parse(files['export.json'] ?? '{}') as object;
    expect(about).toMatchObject({ format: 1, customer_id: idOf(ada).id });
    expect(Object.keys(files).sort()).toEqual([
      ...['audit.json', 'backups.json', 'export.json', 'history.json', 'imports.json', 'instances.json'],
      ...['operations.json', 'profile.json'],
    ]);
    expect(JSON.parse(files['profile.json'] ?? '{}')).toMatchObject({ email: 'ada@example.com' });
    expect(listIn(files, 'instances.json')).toMatchObject([{ id: instance, environment: { KEY: 'value' } }]);
    const download = `/instance/backups/${backup}/download`;
    expect(listIn(files, 'backups.json')).toMatchObject([{ id: backup, download }]);
    expect(listIn(files, 'imports.json')).toMatchObject([{ id: imported, status: 'received' }]);
    expect(listIn(files, 'operations.json').map(({ kind }) => kind)).toEqual(['backup', 'create']);
    expect(listIn(files, 'audit.json').map(({ action }) => action)).toContain('instance.create');
    const all = Object.values(files).join('');
    expect(all).not.toContain(theirs);
    expect(all).not.toContain(idOf(eve).id);
    expect(all).not.toMatch(/sealed|password_hash|\$argon2|\$scrypt|refresh_token/);
  });

  it('has each of more things than a page, once', async () => {
    const bob = await gateway.client.newCustomer('bob@example.com');
    const { id } = await bob.createInstance();
    await gateway.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, correlation_id, status)
       SELECT gen_random_uuid(), $1, $2, 'backup', 1, 'x', 'succeeded' FROM generate_series(1, 250)`,
      [id, idOf(bob).id],
    );
    const operations = listIn(await exported('/instance/export', bob), 'operations.json');
    expect(new Set(operations.map((one) => one['id'])).size).toBe(251);
    expect(operations).toHaveLength(251);
  });

  it('has the newest backup of each instance when it is asked for', async () => {
    const carl = await gateway.client.newCustomer('carl@example.com');
    const [one, two] = [await runningInstance(carl), await runningInstance(carl)];
    await completedBackup(gateway, carl, one);
    const backups = [await completedBackup(gateway, carl, one), await completedBackup(gateway, carl, two)];
    read = (url, answer) => answer.end(`content of ${url}`);
    const files = await exported('/instance/export?include=backups', carl);
    const zips = Object.entries(files).filter(([name]) => name.startsWith('backups/'));
    expect(zips.map(([, content]) => content).sort()).toEqual(
      backups.map((id) => `content of /internal/backups/${id}/download`).sort(),
    );
    const [entry] = await gateway.dataSource.query<{ after: { backups: string[] } }[]>(
      `SELECT after FROM audit_entry WHERE action = 'customer.export' AND subject = $1`,
      [idOf(carl).id],
    );
    expect(entry?.after.backups.toSorted()).toEqual(backups.toSorted());
  });

  it('is cut off when a backup cannot be had, so that nobody takes it for whole', async () => {
    const dora = await gateway.client.newCustomer('dora@example.com');
    await completedBackup(gateway, dora, await runningInstance(dora));
    read = (_url, answer) => void answer.writeHead(500).end();
    await expect(exported('/instance/export?include=backups', dora)).rejects.toThrow();
    read = (_url, answer) => {
      answer.write('begun', () => answer.destroy());
    };
    await expect(exported('/instance/export?include=backups', dora)).rejects.toThrow();
  });

  it('can be made by admins for anybody, who see what the customer sees', async () => {
    const path = `/admin/customers/${idOf(ada).id}/export`;
    const files = await exported(path, admin);
    expect(JSON.parse(files['export.json'] ?? '{}')).toMatchObject({ customer_id: idOf(ada).id });
    const again = await exported('/instance/export');
    const operators = listIn(again, 'audit.json').filter(({ actor_role }) => actor_role === 'admin');
    expect(operators).toMatchObject([{ action: 'customer.export', actor_id: null, address: null }]);
    const support = await newOperator(admin, 'support');
    expect((await support.get(path)).status).toBe(403);
    expect((await support.get('/instance/export')).status).toBe(403);
    expect((await ada.get(`/admin/customers/${idOf(admin).id}/export`)).status).toBe(403);
    const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(problemOf(await admin.get(`/admin/customers/${nobody}/export`)).code).toBe('customer.not_found');
  });

  it.each(['include=everything', 'includes=backups', 'include=backups&include=backups'])(
    'refuses ?%s',
    async (query) => {
      expect(refusedFields(await ada.get(`/instance/export?${query}`))).toHaveLength(1);
    },
  );
});
