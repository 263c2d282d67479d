import { startEngine, stopOwnEngine } from '../../infrastructure/scripts/engine-setup.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import { Customer, freshName } from '../support/customer';
import { leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

// Somebody else's engine is not ours to stop: on a laptop it carries more than this platform.
const onOwnEngine = site.ownEngine ? test : test.skip;

describe('the engine restarts during a creation', () => {
  onOwnEngine('the instance runs in the end, and its login page comes', async () => {
    const customer = await Customer.register(edge);
    const database = freshName('engine');
    const created = await customer.createInstance({
      database_name: database,
      odoo_version: site.odooVersion,
    });
    await stopOwnEngine();
    await startEngine();
    expect(await customer.settled(created.operation.id, 240_000)).toMatchObject({ status: 'succeeded' });
    expect(await leftoversOf(site, created)).toEqual(ONE_OF_EACH);
    const served = await poll(
      async () =>
        (await edge.call(database, '/web/login').catch(() => undefined))?.status === 200 ? true : undefined,
      60_000,
    );
    expect(served).toBe(true);
  });
});
