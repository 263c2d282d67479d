import { Customer, freshName } from '../support/customer';
import { leftoversOf, NOTHING } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { scale, Worker } from '../support/worker';

const site = testSite();

jest.setTimeout(240_000);

describe('a node on which the storage is not mounted', () => {
  let worker: Worker;

  beforeAll(async () => {
    await scale(site, 'provisioner', 0);
    // It makes the directory where the engine does not see it, as a worker does whose node lost its mount.
    worker = await Worker.start(site, 'provisioner', { withoutStorage: true });
  });

  afterAll(async () => {
    await worker.remove();
    await scale(site, 'provisioner', 1);
  });

  test("the creation fails with Docker's reason instead of writing to the wrong disk, and is undone", async () => {
    const customer = await Customer.register(edgeOf(site));
    const wish = { database_name: freshName('mount'), odoo_version: site.odooVersion };
    const created = await customer.createInstance(wish);
    const operation = await customer.settled(created.operation.id);
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'swarm.bind_missing' } });
    expect(operation.error?.message).toContain('bind source path does not exist');
    expect((await customer.instance(created.id)).status).toBe('error');
    expect(await leftoversOf(site, created)).toEqual(NOTHING);
  });
});
