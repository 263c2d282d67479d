import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { AcceptedBackupResponse } from '../src/app/backups/accepted-backup.response';
import type { BackupListResponse } from '../src/app/backups/backup-list.response';
import type { BackupResponse } from '../src/app/backups/backup.response';
import type { OperationResponse } from '../src/app/operations/operation.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { completedBackup } from './completed-backup';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { loginAdmin, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let ada: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    { ...OPERATOR_ENVIRONMENT, QUOTA_INSTANCES: '100', QUOTA_CPUS: '1000', QUOTA_MEMORY: '1T' },
  );
  ada = await gateway.client.newCustomer('ada@example.com');
  admin = await loginAdmin(gateway.client);
}, 240_000);
afterAll(() => gateway.close());

function sql<T>(text: string, parameters: unknown[] = []): Promise<T[]> {
  return gateway.dataSource.query(text, parameters);
}

/** A running instance and a complete backup of it, as if workers had made them. */
async function backedUp(): Promise<{ instanceId: string; backupId: string }> {
  const { id: instanceId } = await ada.createInstance();
  await sql(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE instance_id = $1`, [
    instanceId,
  ]);
  await sql(`UPDATE instance SET status = 'running', database_server = 'one' WHERE id = $1`, [instanceId]);
  return { instanceId, backupId: await completedBackup(gateway, ada, instanceId) };
}

async function drill(backupId: string, by = ada): Promise<OperationResponse> {
  const answer = await by.post(`/instance/backups/${backupId}/drill`);
  return accepted<AcceptedBackupResponse>(answer, 202).operation;
}

async function isCalledOff({ id }: OperationResponse): Promise<boolean> {
  const [row] = await sql<{ off: boolean }>(
    'SELECT cancel_requested_at IS NOT NULL AS off FROM operation WHERE id = $1',
    [id],
  );
  return row?.off === true;
}

describe('a drill', () => {
  it('is asked for by the owner or an admin, and tells its worker', async () => {
    const { instanceId, backupId } = await backedUp();
    const operation = await drill(backupId, admin);
    expect(operation).toMatchObject({ kind: 'drill', status: 'queued', generation: 1 });
    const messages = await sql(
      `SELECT FROM (SELECT type, subject FROM outbox UNION ALL SELECT type, subject FROM outbox_archive) AS sent
        WHERE type = 'instance.drill_backup.v1' AND subject = $1`,
      [instanceId],
    );
    expect(messages).toHaveLength(1);
  });

  it('is one at a time of an instance, and is called off like anything else', async () => {
    const { backupId } = await backedUp();
    const { id } = await drill(backupId);
    const again = await ada.post(`/instance/backups/${backupId}/drill`);
    expect([again.status, problemOf(again).code]).toEqual([409, 'backup.drill_open']);
    accepted(await ada.post(`/instance/operations/${id}/cancel`), 202);
    expect((await drill(backupId)).id).not.toBe(id);
  });

  it.each([
    ['what is not complete', `UPDATE backup SET status = 'failed' WHERE id = $1`, 'backup.not_completed'],
    ['another version', `UPDATE backup SET odoo_version = '16.0' WHERE id = $1`, 'backup.version_differs'],
    [
      'a terminated instance',
      `UPDATE instance SET desired_state = 'terminated' WHERE id = (SELECT instance_id FROM backup WHERE id = $1)`,
      'instance.terminated',
    ],
  ])('is refused for %s', async (_what, change, code) => {
    const { backupId } = await backedUp();
    await sql(change, [backupId]);
    const answer = await ada.post(`/instance/backups/${backupId}/drill`);
    expect([answer.status, problemOf(answer).code]).toEqual([409, code]);
  });

  it.each<[string, (of: { instanceId: string; backupId: string }) => ReturnType<ApiClient['post']>]>([
    ['a command', ({ instanceId }) => ada.post(`/instance/instances/${instanceId}/restart`)],
    ['a backup', ({ instanceId }) => ada.post(`/instance/instances/${instanceId}/backups`)],
    ['a restoration', ({ backupId }) => ada.post(`/instance/backups/${backupId}/restore`, {})],
    ['the deletion of its backup', ({ backupId }) => ada.delete(`/instance/backups/${backupId}`)],
    ['the end of the instance', ({ instanceId }) => ada.delete(`/instance/instances/${instanceId}`)],
  ])('gives way to %s', async (_what, ask) => {
    const made = await backedUp();
    const operation = await drill(made.backupId);
    expect(await isCalledOff(operation)).toBe(false);
    expect((await ask(made)).status).toBe(202);
    expect(await isCalledOff(operation)).toBe(true);
  });
});

describe('what a drill said', () => {
  const error = { code: 'backup.part_damaged', message: 'not as it was written', facts: { secret: 'no' } };
  const result = (status: string): object => ({
    ...{ status, at: '2026-01-01T00:00:00.000Z', operation_id: 'x', scheduled: true, duration_ms: 1500 },
    ...(status === 'failed' ? { error } : { restored_bytes: 10, rows: 20, files: 30 }),
  });
  const store = (backupId: string, drilled: object) =>
    sql('UPDATE backup SET drill = $2 WHERE id = $1', [backupId, JSON.stringify(drilled)]);

  it('is shown on its backup, and in the list of its instance', async () => {
    const { instanceId, backupId } = await backedUp();
    const read = async () => accepted<BackupResponse>(await ada.get(`/instance/backups/${backupId}`), 200);
    expect(await read()).toMatchObject({ drill: null, drill_put_off: null });
    await store(backupId, { result: result('passed') });
    const shown = {
      ...{ status: 'passed', at: '2026-01-01T00:00:00.000Z', duration_ms: 1500 },
      ...{ restored_bytes: 10, rows: 20, files: 30, error: null },
    };
    expect((await read()).drill).toEqual(shown);
    const list = accepted<BackupListResponse>(
      await ada.get(`/instance/instances/${instanceId}/backups`),
      200,
    );
    expect(list.backups[0]?.drill).toEqual(shown);
    const put_off = { at: '2026-01-02T00:00:00.000Z', times: 2, scheduled: true, error };
    await store(backupId, { result: result('failed'), put_off });
    expect(await read()).toMatchObject({
      drill: { status: 'failed', rows: null, error: { code: 'backup.part_damaged' } },
      drill_put_off: { at: '2026-01-02T00:00:00.000Z', times: 2, error: { code: 'backup.part_damaged' } },
    });
  });

  it('is what operators find backups by', async () => {
    const [bad, good, unknown] = [await backedUp(), await backedUp(), await backedUp()];
    await store(bad.backupId, { result: result('failed') });
    await store(good.backupId, { result: result('passed'), put_off: { times: 1 } });
    const find = async (query: string): Promise<string[]> => {
      const list = accepted<BackupListResponse>(await admin.get(`/admin/backups?${query}`), 200);
      const made = [bad, good, unknown].map(({ backupId }) => backupId);
      return list.backups.map(({ id }) => id).filter((id) => made.includes(id));
    };
    expect(await find('drill=failed')).toEqual([bad.backupId]);
    expect(await find('drill=passed')).toEqual([good.backupId]);
    expect(await find('drill=put_off')).toEqual([good.backupId]);
    expect(await find('drill=never')).toEqual([unknown.backupId]);
    expect(await find(`customer=${ada.session?.customer.id}`)).toEqual([
      ...[unknown.backupId, good.backupId, bad.backupId],
    ]);
    expect(refusedFields(await admin.get('/admin/backups?drill=good'))).toEqual(['drill field.choice']);
  });
});
