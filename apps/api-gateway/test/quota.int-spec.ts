import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { AdminCustomerResponse } from '../src/app/admin/admin-customer.response';
import type { QuotaResponse } from '../src/app/quota/quota.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { countRows } from './count-rows';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { idOf, loginAdmin, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(60_000);

const GIB = 1024 ** 3;

let gateway: GatewayUnderTest;
let admin: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    { ...OPERATOR_ENVIRONMENT, QUOTA_INSTANCES: '10', QUOTA_CPUS: '12.5', QUOTA_MEMORY: '20G' },
  );
  admin = await loginAdmin(gateway.client);
}, 240_000);
afterAll(() => gateway.close());

const quotaOf = async (client: ApiClient) =>
  accepted<QuotaResponse>(await client.get('/instance/quota'), 200);
const setQuota = (of: ApiClient, json: unknown, by = admin) =>
  by.call('PUT', `/admin/customers/${idOf(of).id}/quota`, { json });

describe('GET /instance/quota', () => {
  it("shows the site's limits and what is used", async () => {
    const ada = await gateway.client.newCustomer();
    await ada.createInstance({ cpu_limit: 0.5, memory_limit: '1536M' });
    expect(await quotaOf(ada)).toEqual({
      limits: { instances: 10, cpus: 12.5, memory: '20G' },
      own: { instances: null, cpus: null, memory: null },
      usage: { instances: 1, cpus: 0.5, memory: '1536M' },
    });
  });
});

describe('the quota of a customer', () => {
  it('lets exactly as many of fifty creations at once through, and leaves nothing of the others', async () => {
    const ada = await gateway.client.newCustomer();
    const small = { cpu_limit: 0.1, memory_limit: '64M' };
    const before = (await countRows(gateway.dataSource)) as Record<string, number>;
    const answers = await Promise.all(Array.from({ length: 50 }, () => ada.requestInstance(small)));
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused).toHaveLength(40);
    expect(problemOf(refused[0]!)).toMatchObject({
      status: 409,
      code: 'quota.exceeded',
      facts: { what: 'instances', limit: 10, used: 10, wanted: 1 },
      hint: expect.stringContaining('/instance/quota'),
    });
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([409]));
    const after = (await countRows(gateway.dataSource)) as Record<string, number>;
    const more = Object.fromEntries(Object.entries(after).map(([key, count]) => [key, count - before[key]!]));
    expect(more).toEqual({ customers: 0, instances: 10, operations: 10, messages: 10, keys: 0 });
    expect((await quotaOf(ada)).usage).toEqual({ instances: 10, cpus: 1, memory: '640M' });
  });

  it('is as exact with an Idempotency-Key each, which can be used again when there is room', async () => {
    const ada = await gateway.client.newCustomer();
    accepted(await setQuota(ada, { instances: 3 }), 200);
    const wish = (index: number) => ({ database_name: `quota-key-${index}`, memory_limit: '64M' });
    const send = (index: number) => ada.requestInstance(wish(index), { 'idempotency-key': `quota-${index}` });
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_none, index) => ({ index, answer: await send(index) })),
    );
    expect(answers.filter(({ answer }) => answer.status === 202)).toHaveLength(3);
    const late = answers.find(({ answer }) => answer.status === 409);
    expect(late?.answer.text).toContain('quota.exceeded');
    accepted(await setQuota(ada, { instances: 4 }), 200);
    expect((await send(late?.index ?? 0)).status).toBe(202);
  });

  it('is given back by a creation that failed, and by a termination', async () => {
    const ada = await gateway.client.newCustomer();
    accepted(await setQuota(ada, { instances: 1 }), 200);
    for (const end of ['name_claimed = false', `status = 'terminated', name_claimed = false`]) {
      const { id } = await ada.createInstance();
      expect((await ada.requestInstance()).status).toBe(409);
      await gateway.dataSource.query(`UPDATE instance SET ${end} WHERE id = $1`, [id]);
      expect((await quotaOf(ada)).usage.instances).toBe(0);
    }
  });

  it('refuses an instance that grows past it, and leaves it as it was', async () => {
    const ada = await gateway.client.newCustomer();
    accepted(await setQuota(ada, { cpus: 2 }), 200);
    const { id } = await ada.createInstance({ cpu_limit: 1 });
    await gateway.dataSource.query(
      `UPDATE instance SET status = 'running', database_server = 'here', database_role = 'x' WHERE id = $1`,
      [id],
    );
    const scale = (cpu_limit: number) =>
      ada.call('PATCH', `/instance/instances/${id}`, { json: { cpu_limit } });
    expect(problemOf(await scale(3))).toMatchObject({
      status: 409,
      code: 'quota.exceeded',
      facts: { what: 'cpus', limit: 2, used: 1, wanted: 2 },
    });
    expect((await quotaOf(ada)).usage.cpus).toBe(1);
    expect((await scale(2)).status).toBe(202);
    expect((await quotaOf(ada)).usage.cpus).toBe(2);
  });

  it('does not touch what is said of a name that is taken', async () => {
    const ada = await gateway.client.newCustomer();
    const { database_name } = await ada.createInstance();
    accepted(await setQuota(ada, { instances: 1 }), 200);
    const answer = await ada.requestInstance({ database_name });
    expect(problemOf(answer)).toMatchObject({ status: 409, code: 'database_name.taken' });
  });
});

describe('PUT /admin/customers/{id}/quota', () => {
  it('sets what is given, and for the rest what the site gives holds', async () => {
    const ada = await gateway.client.newCustomer();
    const answer = accepted<AdminCustomerResponse>(
      await setQuota(ada, { instances: 2, memory: '1536m' }),
      200,
    );
    expect(answer.quota).toMatchObject({
      own: { instances: 2, cpus: null, memory: '1536M' },
      limits: { instances: 2, cpus: 12.5, memory: '1536M' },
    });
    expect(await quotaOf(ada)).toEqual(answer.quota);
    accepted(await setQuota(ada, { cpus: 0.5, instances: null }), 200);
    expect((await quotaOf(ada)).own).toEqual({ instances: null, cpus: 0.5, memory: null });
  });

  it('leaves what is there, and refuses what comes', async () => {
    const ada = await gateway.client.newCustomer();
    await ada.createInstance();
    await ada.createInstance();
    accepted(await setQuota(ada, { instances: 1 }), 200);
    expect(problemOf(await ada.requestInstance())).toMatchObject({ facts: { limit: 1, used: 2, wanted: 1 } });
    expect((await quotaOf(ada)).usage.instances).toBe(2);
  });

  it.each([
    [{ instances: -1 }, 'instances field.range'],
    [{ instances: 1.5 }, 'instances field.type'],
    [{ instances: '3' }, 'instances field.type'],
    [{ instances: 1e9 }, 'instances field.range'],
    [{ cpus: -0.1 }, 'cpus field.range'],
    [{ cpus: '2' }, 'cpus field.type'],
    [{ memory: 'lots' }, 'memory size.malformed'],
    [{ memory: 7 }, 'memory field.type'],
    [{ memory: '99999999T' }, 'memory size.malformed'],
    [{ storage: '1G' }, 'storage field.unknown'],
  ])('refuses %j', async (json, refused) => {
    const ada = await gateway.client.newCustomer();
    expect(refusedFields(await setQuota(ada, json))).toEqual([refused]);
  });

  it('answers 404 for nobody', async () => {
    const path = '/admin/customers/0199c2a1-0000-7000-8000-000000000000/quota';
    const answer = await admin.call('PUT', path, { json: { instances: 1 } });
    expect(problemOf(answer)).toMatchObject({ status: 404, code: 'customer.not_found' });
  });
});

describe('the default', () => {
  it('is what the gateway that started last was told', async () => {
    const rows = await gateway.dataSource.query<object[]>(
      'SELECT instances, cpus::float8 AS cpus, memory_bytes::float8 AS memory FROM quota_default',
    );
    expect(rows).toEqual([{ instances: 10, cpus: 12.5, memory: 20 * GIB }]);
  });
});
