import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { DataSource } from 'typeorm';
import type { InstanceListResponse } from '../src/app/instances/instance-list.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { accepted, type ApiClient, instanceWish, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';
import { countRows } from './count-rows';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground());
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
}, 240_000);
afterAll(() => gateway.close());

const NOBODYS_ID = '0199c2a1-0000-7000-8000-000000000000';

async function outboxed(instanceId: string): Promise<object[]> {
  return gateway.dataSource.query<object[]>(
    `SELECT type, subject, payload, headers FROM outbox WHERE subject = $1
     UNION ALL SELECT type, subject, payload, headers FROM outbox_archive WHERE subject = $1`,
    [instanceId],
  );
}

describe('POST /instance/instances', () => {
  it("accepts the plan's body and answers the instance with its operation", async () => {
    const answer = await ada.requestInstance({ database_name: 'testdb' });
    const instance = accepted<InstanceResponse>(answer, 202);
    const hex8 = instance.id.replaceAll('-', '').slice(0, 8);
    expect(instance).toMatchObject({
      status: 'creating',
      customer_id: ada.session?.customer.id,
      name: 'Test Instance',
      odoo_version: '14.0',
      billing_status: 'trial',
      database_name: 'testdb',
      cpu_limit: 1,
      memory_limit: '1G',
      storage_limit: '10G',
      service_id: null,
      service_name: `odoo-testdb-${hex8}`,
      external_url: 'http://testdb.localhost',
      internal_url: null,
      operation: { kind: 'create', status: 'queued', generation: 1, attempt: 1 },
    });
    expect(instance.operation?.steps.map(({ name, status }) => `${name} ${status}`)).toContain(
      'create-database pending',
    );
    expect(answer.headers.get('location')).toBe(`/instance/operations/${instance.operation?.id}`);
  });

  it('writes one command for the worker, with the correlation id of the request', async () => {
    const answer = await ada.requestInstance({}, { 'x-correlation-id': 'story-1' });
    const { id, operation } = accepted<InstanceResponse>(answer, 202);
    expect(answer.headers.get('x-correlation-id')).toBe('story-1');
    expect(await outboxed(id)).toEqual([
      expect.objectContaining({
        type: 'instance.create.v1',
        payload: { operation_id: operation?.id, instance_id: id, generation: 1 },
        headers: expect.objectContaining({ 'cloudEvents:correlationid': 'story-1' }),
      }),
    ]);
  });

  it('answers what it can be asked for afterwards', async () => {
    const created = await ada.createInstance({
      description: 'two\nlines',
      language: 'de_DE',
      memory_limit: '1536M',
    });
    expect(accepted(await ada.get(`/instance/instances/${created.id}`), 200)).toEqual(created);
  });

  it.each(['taken-name', 'TAKEN-name'])(
    'refuses a name that is taken, written %s, by anybody',
    async (name) => {
      await ada.requestInstance({ database_name: 'taken-name' });
      const before = await countRows(gateway.dataSource);
      for (const customer of [ada, bob]) {
        const answer = await customer.requestInstance({ database_name: name });
        expect(problemOf(answer)).toMatchObject({ status: 409, code: 'database_name.taken' });
      }
      expect(await countRows(gateway.dataSource)).toEqual(before);
    },
  );

  it('gives a name to one of twenty that ask at once', async () => {
    const wishes = Array.from({ length: 20 }, () => ada.requestInstance({ database_name: 'raced' }));
    const statuses = (await Promise.all(wishes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([202, ...Array<number>(19).fill(409)]);
  });

  it('accepts twenty different ones at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => bob.requestInstance()));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(202));
    const ids = answers.map((answer) => accepted<InstanceResponse>(answer, 202).id);
    expect(new Set(ids).size).toBe(20);
  });

  it.each([
    [{ database_name: 'Bad_Name' }, 'database_name database_name.malformed'],
    [{ database_name: 'postgres' }, 'database_name database_name.reserved'],
    [{ database_name: 'x'.repeat(50) }, 'database_name database_name.malformed'],
    [{ database_name: 42 }, 'database_name field.type'],
    [{ database_name: undefined }, 'database_name field.required'],
    [{ admin_email: 'admin' }, 'admin_email field.format'],
    [{ admin_password: 'weak' }, 'admin_password field.length'],
    [{ admin_password: 'alllowercase' }, 'admin_password password.too_simple'],
    [{ odoo_version: '17' }, 'odoo_version odoo_version.unavailable'],
    [{ odoo_version: 17 }, 'odoo_version field.type'],
    [{ instance_type: 'toy' }, 'instance_type field.choice'],
    [{ billing_status: 'paid' }, 'billing_status billing_status.not_choosable'],
    [{ billing_status: 'free' }, 'billing_status field.choice'],
    [{ cpu_limit: 0 }, 'cpu_limit field.range'],
    [{ cpu_limit: 1000 }, 'cpu_limit field.range'],
    [{ cpu_limit: '1' }, 'cpu_limit field.type'],
    [{ memory_limit: '10X' }, 'memory_limit size.malformed'],
    [{ memory_limit: '1K' }, 'memory_limit size.out_of_range'],
    [{ storage_limit: '-1G' }, 'storage_limit size.malformed'],
    [{ storage_limit: 10 }, 'storage_limit field.type'],
    [{ demo_data: 'yes' }, 'demo_data field.type'],
    [{ language: 'German' }, 'language field.format'],
    [{ name: 'a\u0007b' }, 'name field.format'],
    [{ name: '\ud800' }, 'name field.format'],
    [{ environment_vars: { HOST: 'evil' } }, 'environment_vars field.unknown'],
    [{ status: 'running' }, 'status field.unknown'],
  ])('refuses %j, naming the field, and creates nothing', async (change, refused) => {
    const before = await countRows(gateway.dataSource);
    expect(refusedFields(await ada.requestInstance(change))).toEqual([refused]);
    expect(await countRows(gateway.dataSource)).toEqual(before);
  });

  it('names everything that is wrong at once, and lists the versions there are', async () => {
    const answer = await ada.requestInstance({
      database_name: 'admin',
      odoo_version: '17',
      memory_limit: 'lots',
    });
    expect(refusedFields(answer)).toHaveLength(3);
    expect(problemOf(answer).detail).toContain('this site has 14.0');
    expect(accepted(await ada.get('/instance/versions'), 200)).toEqual({ versions: ['14.0'] });
  });
});

describe('Idempotency-Key', () => {
  const key = (value: string) => ({ 'idempotency-key': value });

  it('makes fifty creates at once one instance with one answer', async () => {
    const wish = instanceWish();
    const send = () => ada.post('/instance/instances', wish, key('fifty'));
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    const [{ count }] = await gateway.dataSource.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM instance WHERE database_name = $1',
      [wish['database_name']],
    );
    expect(count).toBe(1);
    const { id } = accepted<InstanceResponse>(answers[0] ?? (await send()), 202);
    expect(await outboxed(id)).toHaveLength(1);
  });

  it('is refused with another body', async () => {
    const wish = instanceWish();
    await ada.post('/instance/instances', wish, key('other-body'));
    const answer = await ada.post('/instance/instances', { ...wish, cpu_limit: 2 }, key('other-body'));
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'idempotency_key.reused' });
  });

  it('belongs to its customer', async () => {
    const one = accepted<InstanceResponse>(
      await ada.post('/instance/instances', instanceWish(), key('shared')),
      202,
    );
    const other = accepted<InstanceResponse>(
      await bob.post('/instance/instances', instanceWish(), key('shared')),
      202,
    );
    expect(one.id).not.toBe(other.id);
  });

  it('can be used again after a refusal, which changed nothing', async () => {
    const wish = instanceWish();
    const refused = await ada.post('/instance/instances', { ...wish, database_name: 'testdb' }, key('retry'));
    expect(refused.status).toBe(409);
    expect((await ada.post('/instance/instances', wish, key('retry'))).status).toBe(202);
  });

  it('can be used again after a day', async () => {
    await ada.post('/instance/instances', instanceWish(), key('yesterday'));
    await gateway.dataSource.query(
      `UPDATE idempotency_key SET created_at = created_at - interval '25 hours' WHERE key = 'yesterday'`,
    );
    const answer = await ada.post('/instance/instances', instanceWish(), key('yesterday'));
    expect(answer.status).toBe(202);
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
  });

  it('is refused when it is malformed', async () => {
    const answer = await ada.requestInstance({}, key('k'.repeat(256)));
    expect(refusedFields(answer)).toEqual(['Idempotency-Key field.format']);
  });

  it('replays a termination', async () => {
    const { id } = await ada.createInstance();
    const first = await ada.delete(`/instance/instances/${id}`, key('terminate'));
    const second = await ada.delete(`/instance/instances/${id}`, key('terminate'));
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });
});

describe('GET /instance/instances', () => {
  let eve: ApiClient;
  let ids: string[];

  beforeAll(async () => {
    eve = await gateway.client.newCustomer();
    ids = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await eve.createInstance()).id);
  });

  const list = async (query: string) =>
    accepted<InstanceListResponse>(await eve.get(`/instance/instances${query}`), 200);
  const idsOf = ({ instances }: InstanceListResponse) => instances.map(({ id }) => id);

  it("lists the customer's own, newest first, in pages", async () => {
    expect(idsOf(await list(''))).toEqual(ids);
    const second = await list('?page=2&page_size=2');
    expect(second).toMatchObject({ total: 5, page: 2, page_size: 2 });
    expect(idsOf(second)).toEqual(ids.slice(2, 4));
    expect((await list('?page=9')).instances).toEqual([]);
  });

  it('filters by status before it pages', async () => {
    const [, second = ''] = ids;
    await gateway.dataSource.query(`UPDATE instance SET status = 'running' WHERE id = $1`, [second]);
    const running = await list('?status=running&page_size=1');
    expect(running.total).toBe(1);
    expect(idsOf(running)).toEqual([second]);
  });

  it('shows the newest operation of each', async () => {
    const { instances } = await list('');
    expect(instances.map(({ id, operation }) => [id, operation?.instance_id])).toEqual(
      ids.map((id) => [id, id]),
    );
  });

  it.each([
    ['page=0', 'page field.range'],
    ['page=x', 'page field.range'],
    ['page_size=101', 'page_size field.range'],
    ['page=1&page=2', 'page field.range'],
    ['status=happy', 'status field.choice'],
    ['customer_id=1', 'customer_id field.unknown'],
  ])('refuses ?%s', async (query, refused) => {
    expect(refusedFields(await eve.get(`/instance/instances?${query}`))).toEqual([refused]);
  });
});

describe("somebody else's instance", () => {
  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/credentials'],
  ])('is not there: %s /instance/instances/{id}%s', async (method, suffix) => {
    const { id } = await ada.createInstance();
    for (const path of [id, NOBODYS_ID, 'not-an-id', '%00', "'; DROP TABLE instance; --"]) {
      const answer = await bob.call(method, `/instance/instances/${encodeURI(path)}${suffix}`);
      expect(problemOf(answer).status).toBe(404);
    }
    expect((await ada.get(`/instance/instances/${id}`)).status).toBe(200);
  });
});

describe('GET /instance/instances/{id}/credentials', () => {
  const read = async (client: ApiClient, id: string) => client.get(`/instance/instances/${id}/credentials`);

  it('opens the generated password for the owner, and writes that down', async () => {
    const { id } = await ada.createInstance({ admin_email: 'boss@example.com' });
    const answer = await read(ada, id);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { login, password } = accepted<{ login: string; password: string }>(answer, 200);
    expect(login).toBe('boss@example.com');
    expect(password).toMatch(/^[\w-]{20}$/);
    const { manager } = gateway.app.get(DataSource);
    const opened = await gateway.app.get(InstanceSecretsRepository).open(manager, id);
    expect(opened.adminPassword).toBe(password);
    const audit = await gateway.dataSource.query<object[]>(
      'SELECT action FROM audit_entry WHERE subject = $1 ORDER BY id',
      [id],
    );
    expect(audit).toEqual([{ action: 'instance.create' }, { action: 'credentials.read' }]);
  });

  it('opens the given password', async () => {
    const { id } = await ada.createInstance({ admin_password: 'Chosen-123' });
    expect(accepted(await read(ada, id), 200)).toMatchObject({ password: 'Chosen-123' });
  });

  it('keeps passwords out of the log, the messages, the stored answers and every column', async () => {
    const secret = 'Needle-In-A-Haystack-1';
    const wish = { ...instanceWish(), admin_password: secret };
    const answer = await ada.post('/instance/instances', wish, { 'idempotency-key': 'needle' });
    const { id } = accepted<InstanceResponse>(answer, 202);
    await read(ada, id);
    await ada.post('/instance/instances', { ...wish, admin_password: `${secret}\u0000` });
    const tables = [
      'instance',
      'operation',
      'operation_step',
      'outbox',
      'outbox_archive',
      'idempotency_key',
      'audit_entry',
    ];
    const dumps = await Promise.all(
      tables.map((table) => gateway.dataSource.query<object[]>(`SELECT t::text FROM ${table} t`)),
    );
    expect(JSON.stringify(dumps)).toContain(id);
    expect(JSON.stringify(dumps)).not.toContain(secret);
    expect(answer.text).not.toContain(secret);
    expect(gateway.log.join('\n')).toContain('/instance/instances');
    expect(gateway.log.join('\n')).not.toContain(secret);
    expect(gateway.log.join('\n')).not.toContain(ada.session?.access_token);
  });
});

describe('DELETE /instance/instances/{id}', () => {
  const remove = async (id: string) =>
    accepted<InstanceResponse>(await ada.delete(`/instance/instances/${id}`), 202);

  it('asks for the termination of a running instance', async () => {
    const { id } = await ada.createInstance();
    await finishOperations(id, 'running');
    const { desired_state, generation, operation } = await remove(id);
    expect({ desired_state, generation }).toEqual({ desired_state: 'terminated', generation: 2 });
    expect(operation).toMatchObject({ kind: 'terminate', status: 'queued', generation: 2 });
    expect(await outboxed(id)).toContainEqual(
      expect.objectContaining({
        type: 'instance.terminate.v1',
        payload: { operation_id: operation?.id, instance_id: id, generation: 2 },
      }),
    );
  });

  it('calls a creation off and waits behind it', async () => {
    const created = await ada.createInstance();
    const { operation } = await remove(created.id);
    const creation = accepted(await ada.get(`/instance/operations/${created.operation?.id}`), 200);
    expect(creation).toMatchObject({ kind: 'create', cancel_requested_at: expect.any(String) });
    expect(operation?.kind).toBe('terminate');
  });

  it('answers the same operation again, however many ask at once', async () => {
    const { id } = await ada.createInstance();
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(id)));
    expect(new Set(answers.map(({ operation }) => operation?.id)).size).toBe(1);
    expect(answers.map(({ generation }) => generation)).toEqual(Array<number>(10).fill(2));
  });

  it('answers the operation that ended it once it is gone', async () => {
    const { id } = await ada.createInstance();
    const { operation } = await remove(id);
    await finishOperations(id, 'terminated');
    expect((await remove(id)).operation?.id).toBe(operation?.id);
    expect(problemOf(await ada.get(`/instance/instances/${id}/credentials`)).status).toBe(404);
  });

  it('needs one connection a request, so that more requests than connections do not wait for each other', async () => {
    const { id } = await ada.createInstance();
    await remove(id);
    await finishOperations(id, 'terminated');
    const answers = await Promise.all(Array.from({ length: 20 }, () => remove(id)));
    expect(new Set(answers.map(({ operation }) => operation?.id)).size).toBe(1);
  });
});

/** Stands in for the worker: everything asked of the instance is done. */
async function finishOperations(id: string, status: string): Promise<void> {
  await gateway.dataSource.query(
    `UPDATE operation SET status = 'succeeded', ended_at = now(), sequence = sequence + 1 WHERE instance_id = $1`,
    [id],
  );
  await gateway.dataSource.query('UPDATE instance SET status = $2 WHERE id = $1', [id, status]);
}
