import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { DeadLetterListResponse } from '../src/app/admin/dead-letter-list.response';
import type { StatsResponse } from '../src/app/admin/stats.response';
import type { TombstoneListResponse } from '../src/app/admin/tombstone.response';
import type { InstanceListResponse } from '../src/app/instances/instance-list.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import type { OperationListResponse } from '../src/app/operations/operation-list.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { idOf, loginAdmin, newOperator, OPERATOR_ENVIRONMENT } from './operators';
import { startStandIn, type StandIn } from './stand-in';

jest.setTimeout(60_000);

const NOBODYS_ID = '0199c2a1-0000-7000-8000-000000000000';

let gateway: GatewayUnderTest;
let janitor: StandIn;
let admin: ApiClient;
let support: ApiClient;

beforeAll(async () => {
  janitor = await startStandIn();
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    { ...OPERATOR_ENVIRONMENT, ...janitor.environment },
  );
  admin = await loginAdmin(gateway.client);
  support = await newOperator(admin, 'support');
}, 240_000);
afterAll(async () => {
  await gateway.close();
  await janitor.close();
});

const query = (statement: string, values: unknown[] = []) =>
  gateway.dataSource.query<object[]>(statement, values);

/** Stands in for the worker: the instance is there, with this status, and its creation is over. */
async function settle(id: string, status: string): Promise<void> {
  await query(
    `UPDATE instance SET status = $2, database_server = 'here', database_role = 'x' WHERE id = $1`,
    [id, status],
  );
  await query(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE instance_id = $1`, [id]);
}

async function observe(id: string, healthy: string): Promise<void> {
  await query(
    `INSERT INTO instance_observation (instance_id, healthy, reason, message, since, failures, secret_present,
       network_present, observed_at) VALUES ($1, $2, 'Test', 'as told', now(), 0, true, true, now())`,
    [id, healthy],
  );
}

const get = async <T>(path: string, by = support): Promise<T> => accepted<T>(await by.get(path), 200);

describe('GET /admin/instances', () => {
  let ada: ApiClient;
  let bob: ApiClient;
  let broken: InstanceResponse;
  let ill: InstanceResponse;
  let bobs: InstanceResponse;

  beforeAll(async () => {
    ada = await gateway.client.newCustomer();
    bob = await gateway.client.newCustomer();
    broken = await ada.createInstance({ name: 'Broken Shop' });
    ill = await ada.createInstance({ name: '100% ill' });
    bobs = await bob.createInstance({ name: 'Bob_s', admin_email: 'boss@example.org' });
    await settle(broken.id, 'error');
    await settle(ill.id, 'running');
    await settle(bobs.id, 'running');
    await observe(ill.id, 'false');
    await observe(bobs.id, 'true');
  });

  const found = async (filter: string, path = '/admin/instances') =>
    (await get<InstanceListResponse>(`${path}?page_size=100${filter}`)).instances.map(({ id }) => id);

  it('lists those of all customers, newest first, with their newest operation', async () => {
    expect(await found('')).toEqual([bobs.id, ill.id, broken.id]);
    const list = await get<InstanceListResponse>('/admin/instances?page=2&page_size=2');
    expect(list).toMatchObject({ total: 3, page: 2, page_size: 2 });
    expect(list.instances[0]).toMatchObject({
      id: broken.id,
      customer_id: idOf(ada).id,
      operation: { kind: 'create', status: 'succeeded' },
    });
  });

  it('narrows the list', async () => {
    expect(await found(`&customer=${idOf(bob).id}`)).toEqual([bobs.id]);
    expect(await found('&status=running')).toEqual([bobs.id, ill.id]);
    expect(await found('&failed=true')).toEqual([broken.id]);
    expect(await found('&failed=false')).toEqual([bobs.id, ill.id]);
    expect(await found('&health=true')).toEqual([bobs.id]);
    expect(await found('&health=false')).toEqual([ill.id]);
    expect(await found('&health=unknown')).toEqual([broken.id]);
    expect(await found('&status=running&health=false')).toEqual([ill.id]);
  });

  it.each<[string, () => string[]]>([
    ['BROKEN', () => [broken.id]],
    ['100%25', () => [ill.id]],
    ['bob_', () => [bobs.id]],
    ['boss@example.org', () => [bobs.id]],
    ['no such thing', () => []],
  ])('finds %s as text, not as a pattern', async (text, expected) => {
    expect(await found(`&text=${text}`)).toEqual(expected());
  });

  it('finds by id, database and service', async () => {
    for (const text of [ill.id.slice(4, 20), ill.database_name.toUpperCase(), ill.service_name]) {
      expect(await found(`&text=${text}`)).toEqual([ill.id]);
    }
  });

  it('has those in error by themselves', async () => {
    expect(await found('', '/admin/failed-instances')).toEqual([broken.id]);
    expect(await found(`&customer=${idOf(bob).id}`, '/admin/failed-instances')).toEqual([]);
    expect(refusedFields(await admin.get('/admin/failed-instances?failed=false'))).toHaveLength(1);
  });

  it.each(['status=lost', 'health=good', 'customer=ada', 'failed=1', 'text=', 'owner=x', 'page=x'])(
    'refuses ?%s',
    async (filter) => {
      expect(refusedFields(await admin.get(`/admin/instances?${filter}`))).toHaveLength(1);
    },
  );

  it('shows one, and its operation, to operators; its secrets to its owner alone', async () => {
    for (const operator of [admin, support]) {
      expect((await operator.get(`/instance/instances/${ill.id}`)).status).toBe(200);
      expect((await operator.get(`/instance/operations/${ill.operation?.id}`)).status).toBe(200);
      expect((await operator.get(`/instance/instances/${ill.id}/credentials`)).status).toBe(404);
    }
  });
});

describe('GET /admin/stats', () => {
  it('counts what there is', async () => {
    const before = await get<StatsResponse>('/admin/stats');
    const eve = await gateway.client.newCustomer();
    const { id } = await eve.createInstance();
    await settle(id, 'stopped');
    await query(
      `INSERT INTO inbox (consumer, message_id, type, subject, payload, headers, status)
       VALUES ('nobody', gen_random_uuid(), 't', 'x', '{}', '{}', 'ready')`,
    );
    const after = await get<StatsResponse>('/admin/stats');
    const count = (stats: StatsResponse) => [
      stats.instances_by_status['stopped'] ?? 0,
      stats.instances_by_health['unknown'] ?? 0,
      stats.operations_by_status['succeeded'] ?? 0,
      stats.customers_by_role['customer'] ?? 0,
      stats.messages.inbox,
    ];
    expect(count(after)).toEqual(count(before).map((number) => number + 1));
    expect(after.customers_by_role).toMatchObject({ admin: 1, support: 1 });
    expect(after.messages).toMatchObject({
      outbox: expect.any(Number),
      dead_letters: { inbox: 0, outbox: 0, broker: 0 },
    });
  });
});

describe('operations', () => {
  let ada: ApiClient;

  beforeAll(async () => {
    ada = await gateway.client.newCustomer();
  });

  async function failed(verb: string, by: ApiClient, json?: object): Promise<[string, InstanceResponse]> {
    const { id } = await ada.createInstance();
    await settle(id, 'running');
    const answer = accepted<InstanceResponse>(await by.post(`/instance/instances/${id}/${verb}`, json), 202);
    const operationId = answer.operation?.id ?? '';
    await query(`UPDATE operation SET status = 'failed', ended_at = now() WHERE id = $1`, [operationId]);
    return [operationId, answer];
  }

  it('are listed by status, kind, customer and instance', async () => {
    const [operationId, { id }] = await failed('restart', ada);
    const found = async (filter: string) =>
      (await get<OperationListResponse>(`/admin/operations?${filter}`)).operations.map((one) => one.id);
    expect(await found(`instance=${id}&kind=restart`)).toEqual([operationId]);
    expect(await found(`customer=${idOf(ada).id}&status=failed`)).toEqual([operationId]);
    expect(await found(`instance=${id}&status=queued`)).toEqual([]);
    expect(await found(`instance=${NOBODYS_ID}`)).toEqual([]);
  });

  it.each(['status=lost', 'kind=explode', 'instance=x', 'customer=1', 'wait=1s'])(
    'refuses ?%s',
    async (filter) => {
      expect(refusedFields(await admin.get(`/admin/operations?${filter}`))).toHaveLength(1);
    },
  );

  it('that failed are asked for again, once under one key', async () => {
    const [operationId, before] = await failed('restart', ada);
    const key = { 'idempotency-key': 'retry-once' };
    const retry = () => admin.post(`/admin/operations/${operationId}/retry`, undefined, key);
    const answer = accepted<InstanceResponse>(await retry(), 202);
    expect(answer).toMatchObject({
      id: before.id,
      generation: before.generation + 1,
      operation: { kind: 'restart', status: 'queued' },
    });
    expect(answer.operation?.id).not.toBe(operationId);
    expect(accepted<InstanceResponse>(await retry(), 202).operation?.id).toBe(answer.operation?.id);
    const [old] = await query('SELECT status FROM operation WHERE id = $1', [operationId]);
    expect(old).toEqual({ status: 'failed' });
  });

  it('that failed are refused when the instance does not take them now', async () => {
    const [operationId, { id }] = await failed('restart', ada);
    await ada.post(`/instance/instances/${id}/stop`);
    const problem = problemOf(await admin.post(`/admin/operations/${operationId}/retry`));
    expect(problem).toMatchObject({ status: 409, code: 'instance.command_refused' });
  });

  it('that have not failed, or were undone, are not tried again', async () => {
    const { operation } = await ada.createInstance();
    const retry = () => admin.post(`/admin/operations/${operation?.id}/retry`);
    expect(problemOf(await retry())).toMatchObject({ status: 409, code: 'operation.not_retryable' });
    await query(`UPDATE operation SET status = 'failed' WHERE id = $1`, [operation?.id]);
    expect(problemOf(await retry())).toMatchObject({
      facts: { kind: 'create', status: 'failed' },
      hint: expect.stringContaining('ask for it anew'),
    });
    for (const id of [NOBODYS_ID, 'x']) {
      expect(problemOf(await admin.post(`/admin/operations/${id}/retry`)).status).toBe(404);
    }
  });

  it('that run are called off for a customer', async () => {
    const { operation } = await ada.createInstance();
    const answer = await admin.post(`/admin/operations/${operation?.id}/cancel`);
    expect(accepted(answer, 202)).toMatchObject({ cancel_requested_at: expect.any(String) });
    const seen = await ada.get(`/instance/operations/${operation?.id}`);
    expect(accepted(seen, 200)).toMatchObject({ cancel_requested_at: expect.any(String) });
  });
});

describe('dead letters', () => {
  async function park(
    type: string,
    payload: string | null = '{"admin_password":"x","size":1}',
  ): Promise<string> {
    const id = newId();
    await query(
      `INSERT INTO inbox (consumer, message_id, type, subject, payload, headers, raw, status, last_error, attempts)
       VALUES ('nobody', $1, $2, 'subject', $3, '{"a":"b"}', $4, 'parked', 'it broke', 8)`,
      [id, type, payload, payload === null ? Buffer.from('nonsense') : null],
    );
    return `inbox:nobody:${id}`;
  }
  const statusOf = async (id: string) =>
    (await query('SELECT status FROM inbox WHERE message_id = $1', [id.split(':')[2]]))[0];

  it('are listed and shown, without the values of secrets', async () => {
    const id = await park('letters.list.v1');
    const list = await get<DeadLetterListResponse>('/admin/dead-letters?type=letters.list.v1&place=inbox');
    expect(list).toMatchObject({ total: 1, page: 1, page_size: 20 });
    expect(list.dead_letters[0]).toMatchObject({ id, holder: 'nobody', attempts: 8, error: 'it broke' });
    expect(await get(`/admin/dead-letters/${id}`)).toMatchObject({
      ...{ id, raw: null, headers: { a: 'b' } },
      payload: { admin_password: '[redacted]', size: 1 },
    });
    expect((await get<DeadLetterListResponse>('/admin/dead-letters?holder=somebody')).total).toBe(0);
  });

  it('are sent again one by one', async () => {
    const id = await park('letters.one.v1');
    expect(accepted(await admin.post(`/admin/dead-letters/${id}/redrive`), 200)).toEqual({ redriven: 1 });
    expect(await statusOf(id)).toEqual({ status: 'ready' });
    expect(problemOf(await admin.post(`/admin/dead-letters/${id}/redrive`)).code).toBe('dead_letter.unknown');
  });

  it('are sent again by type, and others stay', async () => {
    const [one, two, other] = [
      await park('letters.a.v1'),
      await park('letters.a.v1'),
      await park('letters.b.v1'),
    ];
    const answer = await admin.post('/admin/dead-letters/redrive?type=letters.a.v1');
    expect(accepted(answer, 200)).toEqual({ redriven: 2 });
    expect([await statusOf(one), await statusOf(two), await statusOf(other)]).toEqual([
      { status: 'ready' },
      { status: 'ready' },
      { status: 'parked' },
    ]);
  });

  it('that nobody can read stay', async () => {
    const id = await park('', null);
    const answer = await admin.post(`/admin/dead-letters/${id}/redrive`);
    expect(problemOf(answer)).toMatchObject({ status: 409, code: 'dead_letter.unreadable' });
    expect(await get(`/admin/dead-letters/${id}`)).toMatchObject({
      payload: null,
      raw: Buffer.from('nonsense').toString('base64'),
    });
  });

  it.each(['x', `inbox:nobody:${NOBODYS_ID}`, `inbox:a%00b:${NOBODYS_ID}`, `cellar:x:${NOBODYS_ID}`])(
    'are not there: %s',
    async (id) => {
      expect(problemOf(await admin.get(`/admin/dead-letters/${id}`)).status).toBe(404);
      expect(problemOf(await admin.post(`/admin/dead-letters/${id}/redrive`)).status).toBe(404);
    },
  );

  it.each(['place=cellar', 'type=', 'typ=x'])('refuse ?%s', async (filter) => {
    expect(refusedFields(await admin.get(`/admin/dead-letters?${filter}`))).toHaveLength(1);
    expect(refusedFields(await admin.post(`/admin/dead-letters/redrive?${filter}`))).toHaveLength(1);
  });
});

describe('the janitor', () => {
  afterEach(() => janitor.answerWith(undefined));

  it('is asked for its report, and for a run, dry or not', async () => {
    await get('/admin/janitor/report');
    expect(accepted(await admin.post('/admin/janitor/run?dry_run=true'), 200)).toMatchObject({
      dry_run: true,
    });
    expect(accepted(await admin.post('/admin/janitor/run'), 200)).toMatchObject({ dry_run: false });
    expect(janitor.asked.slice(-3)).toEqual([
      'GET /internal/report',
      'POST /internal/run?dry_run=true',
      'POST /internal/run?dry_run=false',
    ]);
  });

  it('is not asked for a run by what is no flag', async () => {
    const before = janitor.asked.length;
    for (const flag of ['dry_run=yes', 'dry_run=', 'dry-run=true', 'dry_run=true&dry_run=false']) {
      expect(refusedFields(await admin.post(`/admin/janitor/run?${flag}`))).toHaveLength(1);
    }
    expect(janitor.asked).toHaveLength(before);
  });

  it.each([
    [409, '{"code":"janitor.busy","detail":"a run is under way","hint":"Wait."}', 409, 'janitor.busy'],
    [404, '{"code":"janitor.no_report","detail":"it has not run yet"}', 404, 'janitor.no_report'],
    [500, '{"code":"internal","detail":"stack"}', 503, 'janitor.unreachable'],
    [200, 'no JSON', 503, 'janitor.unreachable'],
    [401, '{"code":"janitor.key_wrong","detail":"no"}', 503, 'janitor.unreachable'],
  ])('answers %i %s: %i %s', async (status, body, expected, code) => {
    janitor.answerWith({ status, body });
    expect(problemOf(await admin.post('/admin/janitor/run'))).toMatchObject({ status: expected, code });
    expect(problemOf(await support.get('/admin/janitor/report'))).toMatchObject({ status: expected, code });
  });

  it('that is away, or not configured, is a 503 that says so', async () => {
    const gone = await startStandIn();
    await gone.close();
    for (const environment of [{}, gone.environment]) {
      const other = await startGateway(
        { database: await freshDatabase(), broker: await freshVhost() },
        { ...OPERATOR_ENVIRONMENT, ...environment },
      );
      try {
        const problem = problemOf(await (await loginAdmin(other.client)).get('/admin/janitor/report'));
        expect(problem).toMatchObject({ status: 503, code: 'janitor.unreachable', hint: expect.any(String) });
      } finally {
        await other.close();
      }
    }
  });
});

describe('GET /admin/tombstones', () => {
  it('lists what is set aside and what is gone, newest first', async () => {
    const [old, open] = [newId(), newId()];
    await query(
      `INSERT INTO tombstone (id, kind, thing_id, name, labels, reason, size_bytes, found_at, deleted_at) VALUES
         ($1, 'directory', 'd', 'odoo_data_x', '{}', 'no instance', 5000000000, now() - interval '1 day', now()),
         ($2, 'service', 's', 'odoo-x', '{}', 'no instance', NULL, now(), NULL)`,
      [old, open],
    );
    const list = async (filter: string) => get<TombstoneListResponse>(`/admin/tombstones${filter}`);
    const all = await list('');
    expect(all.tombstones.map(({ id }) => id)).toEqual([open, old]);
    expect(all.tombstones[1]).toMatchObject({
      ...{ kind: 'directory', thing_id: 'd', size_bytes: 5_000_000_000, quarantined_at: null },
      deleted_at: expect.stringMatching(/Z$/),
    });
    expect((await list('?deleted=false')).tombstones.map(({ id }) => id)).toEqual([open]);
    expect((await list('?kind=directory')).total).toBe(1);
    expect(refusedFields(await admin.get('/admin/tombstones?deleted=maybe'))).toHaveLength(1);
  });
});
