import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { AcceptedBackupResponse } from '../src/app/backups/accepted-backup.response';
import type { BackupListResponse } from '../src/app/backups/backup-list.response';
import type { BackupResponse } from '../src/app/backups/backup.response';
import type { BackupScheduleResponse } from '../src/app/backups/backup-schedule.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { loginAdmin, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    OPERATOR_ENVIRONMENT,
  );
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
}, 240_000);
afterAll(() => gateway.close());

function sql<T>(text: string, parameters: unknown[] = []): Promise<T[]> {
  return gateway.dataSource.query(text, parameters);
}

/** Stands in for the workers: what is open has ended well. */
async function endAll(instanceId: string): Promise<void> {
  await sql(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE instance_id = $1`, [
    instanceId,
  ]);
}

async function runningInstance(): Promise<string> {
  const { id } = await ada.createInstance();
  await endAll(id);
  await sql(`UPDATE instance SET status = 'running', database_server = 'one' WHERE id = $1`, [id]);
  return id;
}

async function request(instanceId: string): Promise<AcceptedBackupResponse> {
  return accepted(await ada.post(`/instance/instances/${instanceId}/backups`), 202);
}

async function completed(instanceId: string): Promise<string> {
  const { backup } = await request(instanceId);
  await endAll(instanceId);
  await sql(`UPDATE backup SET status = 'completed', manifest_sha256 = 'x' WHERE id = $1`, [backup.id]);
  return backup.id;
}

describe('a backup', () => {
  it('is on record with its operation as soon as it is asked for, and changes nothing of the instance', async () => {
    const id = await runningInstance();
    const { backup, operation } = await request(id);
    expect(backup).toMatchObject({ instance_id: id, kind: 'manual', status: 'creating', size_bytes: null });
    expect(operation).toMatchObject({ kind: 'backup', status: 'queued', generation: 1 });
    const list = accepted<BackupListResponse>(await ada.get(`/instance/instances/${id}/backups`), 200);
    expect(list).toMatchObject({ total: 1, backups: [{ id: backup.id }] });
    const messages = await sql(
      `SELECT FROM (SELECT type, subject FROM outbox UNION ALL SELECT type, subject FROM outbox_archive) AS sent
        WHERE type = 'instance.backup.v1' AND subject = $1`,
      [id],
    );
    expect(messages).toHaveLength(1);
  });

  it('is made once for one idempotency key', async () => {
    const id = await runningInstance();
    const path = `/instance/instances/${id}/backups`;
    const call = { headers: { 'idempotency-key': newId() } };
    const [first, second] = [await ada.call('POST', path, call), await ada.call('POST', path, call)];
    expect(accepted<AcceptedBackupResponse>(second, 202)).toEqual(accepted(first, 202));
    expect(await sql('SELECT FROM backup WHERE instance_id = $1', [id])).toHaveLength(1);
  });

  it('cannot be had of what has no data', async () => {
    const { id } = await ada.createInstance();
    expect(problemOf(await ada.post(`/instance/instances/${id}/backups`)).code).toBe('instance.not_created');
  });

  it('is not there for anybody else', async () => {
    const instanceId = await runningInstance();
    const id = await completed(instanceId);
    const copy = { name: 'Theirs', database_name: `c${newId().slice(-12)}` };
    const answers = [
      await bob.get(`/instance/backups/${id}`),
      await bob.get(`/instance/backups/${id}/download`),
      await bob.post(`/instance/backups/${id}/restore`),
      await bob.post(`/instance/backups/${id}/copy`, copy),
      await bob.call('DELETE', `/instance/backups/${id}`),
      await bob.get(`/instance/instances/${instanceId}/backup-schedule`),
      await bob.call('PUT', `/instance/instances/${instanceId}/backup-schedule`, { json: {} }),
      await ada.get('/instance/backups/..%2f..%2fetc%2fpasswd'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });
});

describe('a restoration', () => {
  it('is a wanted change of the instance, with a safety backup unless told otherwise', async () => {
    const instanceId = await runningInstance();
    const id = await completed(instanceId);
    for (const [json, keys] of [
      [undefined, ['backup_id', 'safety_backup_id']],
      [{ safety_backup: false }, ['backup_id']],
    ] as const) {
      const { operation } = accepted<AcceptedBackupResponse>(
        await ada.post(`/instance/backups/${id}/restore`, json),
        202,
      );
      expect(operation.kind).toBe('restore');
      const [row] = await sql<{ input: object }>('SELECT input FROM operation WHERE id = $1', [operation.id]);
      expect(Object.keys(row?.input ?? {}).sort()).toEqual(keys);
      await endAll(instanceId);
    }
    const instance = accepted<InstanceResponse>(await ada.get(`/instance/instances/${instanceId}`), 200);
    expect(instance).toMatchObject({ generation: 3, desired_state: 'running' });
  });

  it.each([
    [
      'a backup that is not complete',
      `UPDATE backup SET status = 'failed' WHERE id = $1`,
      'backup.not_completed',
    ],
    ['another version', `UPDATE backup SET odoo_version = '16.0' WHERE id = $1`, 'backup.version_differs'],
    [
      'a suspended instance',
      `UPDATE instance SET desired_state = 'suspended' WHERE id = (SELECT instance_id FROM backup WHERE id = $1)`,
      'instance.suspended',
    ],
  ])('is refused for %s', async (_what, change, code) => {
    const id = await completed(await runningInstance());
    await sql(change, [id]);
    const answer = await ada.post(`/instance/backups/${id}/restore`);
    expect([answer.status, problemOf(answer).code]).toEqual([409, code]);
  });

  it('keeps its backup from being deleted until it has ended', async () => {
    const instanceId = await runningInstance();
    const id = await completed(instanceId);
    accepted(await ada.post(`/instance/backups/${id}/restore`), 202);
    const early = await ada.call('DELETE', `/instance/backups/${id}`);
    expect([early.status, problemOf(early).code]).toEqual([409, 'backup.in_use']);
    await endAll(instanceId);
    const { backup } = accepted<AcceptedBackupResponse>(
      await ada.call('DELETE', `/instance/backups/${id}`),
      202,
    );
    expect(backup.status).toBe('deleting');
    const late = await ada.post(`/instance/backups/${id}/restore`);
    expect(problemOf(late).code).toBe('backup.not_completed');
  });

  it('keeps its backup while a copy is made of it', async () => {
    const id = await completed(await runningInstance());
    const json = { name: 'Copy', database_name: `copy-${newId().slice(-12)}` };
    const copy = accepted<InstanceResponse>(await ada.post(`/instance/backups/${id}/copy`, json), 202);
    expect(problemOf(await ada.delete(`/instance/backups/${id}`)).code).toBe('backup.in_use');
    await endAll(copy.id);
    expect((await ada.delete(`/instance/backups/${id}`)).status).toBe(202);
  });

  it.each(['payment_required', 'trial', 'paid'])(
    'becomes a copy that is %s as its source is',
    async (status) => {
      const source = await runningInstance();
      await sql('UPDATE instance SET billing_status = $2 WHERE id = $1', [source, status]);
      const json = { name: 'Copy', database_name: `copy-${newId().slice(-12)}` };
      const answer = await ada.post(`/instance/backups/${await completed(source)}/copy`, json);
      expect(accepted<InstanceResponse>(answer, 202).billing_status).toBe(status);
    },
  );

  it('into a new instance has the shape of the old one, and is neutralised unless told otherwise', async () => {
    const id = await completed(await runningInstance());
    const name = `copy-${newId().slice(-12)}`;
    const answer = await ada.post(`/instance/backups/${id}/copy`, { name: 'Copy', database_name: name });
    const copy = accepted<InstanceResponse>(answer, 202);
    expect(copy).toMatchObject({ database_name: name, instance_type: 'staging', status: 'creating' });
    const [row] = await sql<{ input: object }>('SELECT input FROM operation WHERE instance_id = $1', [
      copy.id,
    ]);
    expect(row?.input).toEqual({ backup_id: id, neutralise: true });
    const again = await ada.post(`/instance/backups/${id}/copy`, { name: 'Copy', database_name: name });
    expect(problemOf(again).code).toBe('database_name.taken');
    const malformed = { name: 'Copy', database_name: '../../etc' };
    expect(refusedFields(await ada.post(`/instance/backups/${id}/copy`, malformed))).toEqual([
      'database_name database_name.malformed',
    ]);
  });
});

describe('the end of a backup', () => {
  it('is what an operator says, until nothing is said any more', async () => {
    const id = await completed(await runningInstance());
    const admin = await loginAdmin(gateway.client);
    const path = `/admin/backups/${id}/expiry`;
    const put = (expires_at?: string) => admin.call('PUT', path, { json: { expires_at } });
    const later = '2100-01-01T00:00:00.000Z';
    expect(accepted<BackupResponse>(await put(later), 200).expires_at).toBe(later);
    expect(accepted<BackupResponse>(await ada.get(`/instance/backups/${id}`), 200).expires_at).toBe(later);
    expect(refusedFields(await put('some day'))).toEqual(['expires_at field.format']);
    expect(accepted<BackupResponse>(await put(), 200).expires_at).toBeNull();
    const unknown = await admin.call('PUT', `/admin/backups/${newId()}/expiry`, { json: {} });
    expect(problemOf(unknown).code).toBe('backup.not_found');
  });
});

describe('a schedule', () => {
  it('is not there until somebody gives it, then is what was given', async () => {
    const path = `/instance/instances/${await runningInstance()}/backup-schedule`;
    expect(problemOf(await ada.get(path)).code).toBe('backup_schedule.not_found');
    const json = { hour: 23, keep_daily: 3, keep_weekly: 0, keep_monthly: 1 };
    accepted(await ada.call('PUT', path, { json }), 200);
    const schedule = accepted<BackupScheduleResponse>(await ada.get(path), 200);
    expect(schedule).toMatchObject({ ...json, enabled: true, failures: 0 });
    expect(new Date(schedule.next_at ?? 0).getUTCHours()).toBe(23);
    const refused = await ada.call('PUT', path, { json: { hour: 24, keep_daily: 0 } });
    expect(refusedFields(refused).sort()).toEqual(['hour field.range', 'keep_daily field.range']);
  });
});

describe('a download', () => {
  it('is refused with what to do where nobody is configured to read backups', async () => {
    const id = await completed(await runningInstance());
    const answer = await ada.get(`/instance/backups/${id}/download`);
    expect([answer.status, problemOf(answer).code]).toEqual([503, 'backup.source_unavailable']);
  });

  it('comes from the app that reads backups, which is shown the key, and is written down', async () => {
    const asked: { url: string | undefined; key: string | undefined }[] = [];
    const reader = createServer((incoming, answer) => {
      asked.push({ url: incoming.url, key: incoming.headers.authorization });
      answer.statusCode = asked.length === 1 ? 200 : 409;
      answer.end('PK-as-it-came');
    });
    await once(reader.listen(0, '127.0.0.1'), 'listening');
    const { port } = reader.address() as AddressInfo;
    const key = 'k'.repeat(40);
    const ground = { database: await freshDatabase(), broker: await freshVhost() };
    const other = await startGateway(ground, { LIFECYCLE_URL: `http://127.0.0.1:${port}`, BACKUP_KEY: key });
    try {
      const eve = await other.client.newCustomer('eve@example.com');
      const { id: instanceId } = await eve.createInstance();
      const run = (text: string) => other.dataSource.query(text, [instanceId]);
      await run(`UPDATE operation SET status = 'succeeded' WHERE instance_id = $1`);
      await run(`UPDATE instance SET status = 'running', database_server = 'one' WHERE id = $1`);
      const { backup } = accepted<AcceptedBackupResponse>(
        await eve.post(`/instance/instances/${instanceId}/backups`),
        202,
      );
      await run(`UPDATE backup SET status = 'completed', manifest_sha256 = 'x' WHERE instance_id = $1`);
      const path = `/instance/backups/${backup.id}/download`;
      const headers = { authorization: `Bearer ${eve.session?.access_token}` };
      const answer = await fetch(new URL(path, eve.url), { headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z0-9-]+\.zip"$/);
      expect(await answer.text()).toBe('PK-as-it-came');
      expect(asked).toEqual([{ url: `/internal/backups/${backup.id}/download`, key: `Bearer ${key}` }]);
      expect((await eve.get(path)).status).toBe(503);
      const written = await other.dataSource.query(
        `SELECT FROM audit_entry WHERE action = 'backup.download'`,
      );
      expect(written).toHaveLength(2);
    } finally {
      await other.close();
      reader.close();
    }
  }, 120_000);
});
