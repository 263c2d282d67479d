import { poll } from '../../infrastructure/scripts/process.ts';
import { Ceph } from '../support/ceph';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containerOfInstance } from '../support/tasks';
import { Watched } from '../support/watched';

const site = testSite();
const ceph = Ceph.underTest();

jest.setTimeout(400_000);

describe('a CephFS that can not be used for a while', () => {
  let customer: Customer;
  let watched: Watched;
  let container: string;

  beforeAll(async () => {
    customer = await Customer.register(edgeOf(site));
    const instance = await customer.runningInstance({
      ...{ database_name: freshName('away'), odoo_version: site.lightVersion },
    });
    watched = new Watched(site, customer, instance);
    container = (await containerOfInstance(instance.id)).id;
  });

  /** Whatever was done to it, what runs was left alone. */
  afterEach(async () => {
    await watched.untilDiagnosed('instance.serving');
    expect((await containerOfInstance(watched.id)).id).toBe(container);
    expect(await watched.repairs()).toEqual([]);
  });

  /** A creation that waits, and says why. */
  async function waitingFor(codes: RegExp): Promise<InstanceView> {
    const wish = { database_name: freshName('away'), odoo_version: site.lightVersion };
    const created = await customer.createInstance(wish);
    let last = '';
    const found = await poll(async () => {
      const { status, steps } = await customer.operation(created.operation.id);
      const error = steps.find((step) => step.error !== null)?.error;
      last = JSON.stringify([status, steps]);
      return codes.test(error?.code ?? '') ? error : undefined;
    }, 90_000);
    if (found === undefined) throw new Error(`the creation waits for something else: ${last}`);
    expect(found?.hint).toEqual(expect.any(String));
    return created;
  }

  async function expectMade({ id, operation }: InstanceView): Promise<void> {
    await customer.succeeded(operation.id);
    const instance = await customer.instance(id);
    await expectServed(customer, instance);
    await customer.succeeded((await customer.terminate(id)).id);
  }

  test('because the pool is full: creations wait, diagnoses say so, and more room is enough', async () => {
    await ceph.limitPool(1);
    try {
      await watched.untilDiagnosed('ceph.no_space');
      const created = await waitingFor(/^ceph\.no_space$/);
      await ceph.limitPool(0);
      await expectMade(created);
    } finally {
      await ceph.limitPool(0);
    }
  });

  test('because it is mounted read-only: the same, until it is mounted for writing', async () => {
    await ceph.remount('ro');
    try {
      await watched.untilDiagnosed('ceph.read_only');
      const created = await waitingFor(/^ceph\.read_only$/);
      await ceph.remount('rw');
      await expectMade(created);
    } finally {
      await ceph.remount('rw');
    }
  });

  test('because it is not mounted: the platform finds it by itself when it is mounted again', async () => {
    await ceph.lose('platform');
    try {
      await watched.until('a diagnosis', async () => {
        const { code } = await watched.diagnosis();
        return /^ceph\.(not_mounted|stale_mount)$/.test(code) ? code : undefined;
      });
      const created = await waitingFor(/^ceph\.(not_mounted|stale_mount)$/);
      await ceph.mountAgain();
      await expectMade(created);
    } finally {
      await ceph.mountAgain();
    }
  });
});
