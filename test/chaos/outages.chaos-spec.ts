import { docker } from '../../infrastructure/scripts/docker.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { controlSql, leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { killContainer, removeEnded, scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

describe('an outage during a creation costs time, nothing else', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  function requestInstance(): Promise<InstanceView> {
    return customer.createInstance({ database_name: freshName('outage'), odoo_version: site.odooVersion });
  }

  async function expectRunning(instance: InstanceView): Promise<void> {
    expect(await customer.settled(instance.operation.id, 240_000)).toMatchObject({ status: 'succeeded' });
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  }

  /** Waits until the worker has begun, so that the outage really falls into the creation. */
  async function begun(instance: InstanceView): Promise<void> {
    const running = await poll(
      async () => {
        const { steps } = await customer.operation(instance.operation.id);
        return steps.some(({ status }) => status !== 'pending') ? true : undefined;
      },
      60_000,
      20,
    );
    expect(running).toBe(true);
  }

  test.each(['rabbitmq', 'postgres', 'tenant-postgres', 'provisioner', 'api-gateway'])(
    '%s is killed',
    async (app) => {
      const instance = await requestInstance();
      await begun(instance);
      await killContainer(site, app);
      await expectRunning(instance);
    },
  );

  test('the broker is down when the request comes, and comes back empty', async () => {
    await scale(site, 'rabbitmq', 0);
    // Swarm keeps ended containers to show what happened to them, and they keep the volume.
    await removeEnded(site, 'rabbitmq');
    await docker(['volume', 'rm', `${site.name}_rabbitmq-data`]);
    const instance = await requestInstance();
    await scale(site, 'rabbitmq', 1);
    await expectRunning(instance);
  });

  test('afterwards nothing waits in the outbox and nothing is parked', async () => {
    const waiting = await poll(
      async () => ((await controlSql(site, 'SELECT 1 FROM outbox')).length === 0 ? true : undefined),
      60_000,
    );
    expect(waiting).toBe(true);
    expect(await controlSql(site, "SELECT type FROM inbox WHERE status = 'parked'")).toEqual([]);
  });
});
