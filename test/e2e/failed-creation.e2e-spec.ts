import { Customer, freshName, type InstanceView, type OperationView } from '../support/customer';
import { leftoversOf, NOTHING } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

/** Versions of the site under test whose images fail on purpose; `npm test` builds and announces them. */
const FAILING = { missingImage: '91', exits: '92', neverAnswers: '93' };

describe('a creation that cannot succeed says why and leaves nothing', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  async function failedCreation(
    wish: Readonly<Record<string, unknown>>,
  ): Promise<{ instance: InstanceView; operation: OperationView }> {
    const database = freshName('fail');
    const created = await customer.createInstance({ database_name: database, ...wish });
    const operation = await customer.settled(created.operation.id, 240_000);
    const instance = await customer.instance(created.id);
    expect({ operation: operation.status, instance: instance.status }).toEqual({
      operation: 'failed',
      instance: 'error',
    });
    expect(await leftoversOf(site, instance)).toEqual(NOTHING);
    return { instance, operation };
  }

  async function expectNameIsFree(database: string): Promise<void> {
    const again = await customer.createInstance({ database_name: database, odoo_version: site.odooVersion });
    expect(await customer.settled(again.operation.id)).toMatchObject({ status: 'succeeded' });
  }

  test('an image that does not exist', async () => {
    const { instance, operation } = await failedCreation({ odoo_version: FAILING.missingImage });
    expect(operation.error?.code).toBe('swarm.image_unavailable');
    expect(operation.error?.message).toMatch(/no such image/i);
    await expectNameIsFree(instance.database_name);
  });

  test('a server that exits', async () => {
    const { operation } = await failedCreation({ odoo_version: FAILING.exits });
    expect(operation.error?.code).toBe('swarm.exited');
    expect(operation.error?.message).toContain('3');
    expect(JSON.stringify(operation.error)).toContain('cannot read addons path');
  });

  test('a server that never answers', async () => {
    const { operation } = await failedCreation({ odoo_version: FAILING.neverAnswers });
    expect(operation.error?.code).toBe('odoo.not_answering');
  });

  test('a reservation that fits no node', async () => {
    const { operation } = await failedCreation({ odoo_version: site.odooVersion, memory_limit: '1T' });
    expect(operation.error?.code).toBe('swarm.no_suitable_node');
    expect(operation.error?.message).toMatch(/insufficient resources/i);
  });

  test('a name that would make the service name longer than 63 characters is refused at once', async () => {
    const answer = await customer.requestInstance({
      database_name: 'a'.repeat(50),
      odoo_version: site.odooVersion,
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toContain('database_name');
  });
});
