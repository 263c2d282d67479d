import { startEngine, stopOwnEngine } from '../../infrastructure/scripts/engine-setup.ts';
import { waitForLoginPage } from '../../infrastructure/scripts/demo/odoo.ts';
import { Customer, freshName } from '../support/customer';
import { leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite, untilReady } from '../support/site';
import { replicasOf } from '../support/tasks';
import { Watched } from '../support/watched';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(600_000);

// Somebody else's engine is not ours to stop: on a laptop it carries more than this platform.
const onOwnEngine = site.ownEngine ? test : test.skip;

async function restartEngine(): Promise<void> {
  await stopOwnEngine();
  await startEngine();
  await untilReady(site);
}

describe('the engine restarts', () => {
  beforeAll(() => untilReady(site));

  onOwnEngine('during a creation: the instance runs in the end, and its login page comes', async () => {
    const customer = await Customer.register(edge);
    const database = freshName('engine');
    const created = await customer.createInstance({
      database_name: database,
      odoo_version: site.odooVersion,
    });
    await restartEngine();
    expect(await customer.settled(created.operation.id, 240_000)).toMatchObject({ status: 'succeeded' });
    expect(await leftoversOf(site, created)).toEqual(ONE_OF_EACH);
    await waitForLoginPage(edge, database);
  });

  onOwnEngine('what ran runs again, what rested rests, and nobody is given up', async () => {
    const customer = await Customer.register(edge);
    const light = (): ReturnType<Customer['runningInstance']> =>
      customer.runningInstance({ database_name: freshName('engine'), odoo_version: site.lightVersion });
    const running = new Watched(site, customer, await light());
    await running.untilHealthy();
    const resting = await light();
    await customer.succeeded((await customer.command(resting.id, 'stop')).id);

    await restartEngine();

    await waitForLoginPage(edge, running.instance.database_name);
    await running.untilHealthy();
    expect(await leftoversOf(site, running.instance)).toEqual(ONE_OF_EACH);
    expect(await replicasOf(resting.service_name)).toBe('0/0');
    expect((await customer.instance(resting.id)).status).toBe('stopped');
    expect((await running.repairs()).filter(({ kind }) => kind === 'halt')).toEqual([]);
  });
});
