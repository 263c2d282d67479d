import { odooLogin, waitForLoginPage } from '../../infrastructure/scripts/demo/odoo.ts';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { Customer, freshName, problemOf } from '../support/customer';
import { leftoversOf, NOTHING, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

describe('a customer asks for an instance', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  test('a real Odoo answers on its own host, and its generated login works', async () => {
    const database = freshName();
    const created = await customer.createInstance({
      database_name: database,
      odoo_version: site.odooVersion,
    });
    expect(created.status).toBe('creating');
    expect(created.service_name).toBe(`odoo-${database}-${created.id.replaceAll('-', '').slice(0, 8)}`);
    expect(created.operation.steps.map(({ name }) => name)).toContain('create-service');

    const operation = await customer.settled(created.operation.id);
    expect(operation).toMatchObject({ status: 'succeeded', error: null });

    const instance = await customer.instance(created.id);
    expect(instance).toMatchObject({
      status: 'running',
      internal_url: `http://${created.service_name}:8069`,
    });
    await waitForLoginPage(edge, database);
    const { login, password } = await customer.credentials(created.id);
    expect(login).toBe('admin@test.com');
    expect(await odooLogin(edge, { database, login, password })).toBeGreaterThan(0);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });

  test('the service carries its labels and no credential', async () => {
    const database = freshName();
    const created = await customer.createInstance({
      database_name: database,
      odoo_version: site.odooVersion,
    });
    await customer.settled(created.operation.id);
    const { password } = await customer.credentials(created.id);
    const inspected = await docker(['service', 'inspect', created.service_name]);
    const [service] = JSON.parse(inspected) as [{ Spec: { Labels: Record<string, string> } }];
    expect(service.Spec.Labels).toMatchObject({
      'saasodoo.managed': 'true',
      'saasodoo.instance.id': created.id,
      'saasodoo.instance.name': 'Test Instance',
    });
    expect(inspected).not.toContain(password);
    expect(inspected.toLowerCase()).not.toMatch(/"[^"]*password=[^"]+"/);
  });

  test('a terminated instance leaves nothing behind and frees its name', async () => {
    const database = freshName();
    const created = await customer.createInstance({
      database_name: database,
      odoo_version: site.odooVersion,
    });
    await customer.settled(created.operation.id);
    const terminate = await customer.terminate(created.id);
    expect(await customer.settled(terminate.id)).toMatchObject({ status: 'succeeded' });
    expect(await leftoversOf(site, created)).toEqual(NOTHING);
    expect((await customer.instance(created.id)).status).toBe('terminated');
    expect((await edge.call(database, '/web/login')).status).toBe(404);

    const again = await customer.createInstance({ database_name: database, odoo_version: site.odooVersion });
    expect(await customer.settled(again.operation.id)).toMatchObject({ status: 'succeeded' });
    await customer.succeeded((await customer.terminate(again.id)).id);
    expect(await leftoversOf(site, again)).toEqual(NOTHING);
  });

  test('deleting during creation undoes it', async () => {
    const created = await customer.createInstance({
      database_name: freshName(),
      odoo_version: site.odooVersion,
    });
    const terminate = await customer.terminate(created.id);
    expect(await customer.settled(terminate.id)).toMatchObject({ kind: 'terminate', status: 'succeeded' });
    expect(await leftoversOf(site, created)).toEqual(NOTHING);
    expect((await customer.instance(created.id)).status).toBe('terminated');
  });

  test('a version this site does not have is refused with the versions it has', async () => {
    const answer = await customer.requestInstance({ database_name: freshName(), odoo_version: '99' });
    expect(answer.status).toBe(422);
    expect(problemOf(answer).errors).toEqual([
      expect.objectContaining({ field: 'odoo_version', code: 'odoo_version.unavailable' }),
    ]);
    expect(problemOf(answer).detail).toContain(site.odooVersion);
  });

  test('another customer neither sees nor removes it', async () => {
    const created = await customer.createInstance({
      database_name: freshName(),
      odoo_version: site.odooVersion,
    });
    const stranger = await Customer.register(edge);
    expect((await stranger.call(`/instance/instances/${created.id}`)).status).toBe(404);
    expect((await stranger.call(`/instance/instances/${created.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await stranger.call(`/instance/instances/${created.id}/credentials`)).status).toBe(404);
    expect((await stranger.call(`/instance/operations/${created.operation.id}`)).status).toBe(404);
    await customer.settled(created.operation.id);
  });
});

describe('many at once', () => {
  test('20 creates become 20 instances', async () => {
    const customer = await Customer.register(edge);
    const wishes = Array.from({ length: 20 }, () => ({
      database_name: freshName('many'),
      odoo_version: site.odooVersion,
    }));
    const created = await Promise.all(wishes.map((wish) => customer.createInstance(wish)));
    const operations = await Promise.all(
      created.map(({ operation }) => customer.settled(operation.id, 280_000)),
    );
    expect(operations.map(({ status }) => status)).toEqual(Array<string>(20).fill('succeeded'));
    expect(await Promise.all(created.map((instance) => leftoversOf(site, instance)))).toEqual(
      Array(20).fill(ONE_OF_EACH),
    );
    const removals = await Promise.all(created.map(({ id }) => customer.terminate(id)));
    await Promise.all(removals.map(({ id }) => customer.settled(id, 280_000)));
    expect(await Promise.all(created.map((instance) => leftoversOf(site, instance)))).toEqual(
      Array(20).fill(NOTHING),
    );
  });

  test('50 parallel creates with one Idempotency-Key become one instance', async () => {
    const customer = await Customer.register(edge);
    const wish = { database_name: freshName('once'), odoo_version: site.odooVersion };
    const headers = { 'idempotency-key': freshName('key') };
    const attempt = async (): Promise<string> => {
      // A request that arrives while the first is in flight may be told to come back; a client does.
      for (;;) {
        const answer = await customer.requestInstance(wish, headers);
        if (answer.status === 202) return (JSON.parse(answer.body) as { id: string }).id;
        if (problemOf(answer).code !== 'idempotency_key.in_flight') throw new Error(answer.body);
      }
    };
    const ids = new Set(await Promise.all(Array.from({ length: 50 }, attempt)));
    expect(ids.size).toBe(1);
    const list = JSON.parse((await customer.call('/instance/instances')).body) as {
      total: number;
      instances: { id: string }[];
    };
    expect(list.total).toBe(1);
    const [instance] = list.instances;
    expect([...ids]).toEqual([instance?.id]);
  });

  test('one database name twice, in another case or by another customer, is refused', async () => {
    const [first, second] = await Promise.all([Customer.register(edge), Customer.register(edge)]);
    const database = freshName('twin');
    const created = await first.createInstance({ database_name: database, odoo_version: site.odooVersion });
    for (const customer of [first, second]) {
      const answer = await customer.requestInstance({
        database_name: database.toUpperCase(),
        odoo_version: site.odooVersion,
      });
      expect(answer.status).toBe(409);
      expect(problemOf(answer).code).toBe('database_name.taken');
    }
    await first.settled(created.operation.id);
    expect(await leftoversOf(site, created)).toEqual(ONE_OF_EACH);
  });
});
