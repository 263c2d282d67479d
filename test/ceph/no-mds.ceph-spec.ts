import { poll } from '../../infrastructure/scripts/process.ts';
import { Ceph } from '../support/ceph';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { edgeOf, testSite } from '../support/site';
import { expectServed, expectStopped } from '../support/states';
import { containerOfInstance } from '../support/tasks';
import { Watched } from '../support/watched';

const site = testSite();
const ceph = Ceph.underTest();

jest.setTimeout(400_000);

describe('an MDS that does not answer for half a minute', () => {
  let customer: Customer;
  let real: Watched;
  let light: InstanceView;
  let container: string;
  let waiting: InstanceView;

  beforeAll(async () => {
    customer = await Customer.register(edgeOf(site));
    const [one, other] = await Promise.all(
      [site.odooVersion, site.lightVersion].map((version) =>
        customer.runningInstance({ database_name: freshName('mds'), odoo_version: version }),
      ),
    );
    if (one === undefined || other === undefined) throw new Error('two instances were asked for');
    [real, light] = [new Watched(site, customer, one), other];
    await real.untilHealthy();
    container = (await containerOfInstance(real.id)).id;
    await ceph.freezeMds();
  });

  afterAll(() => ceph.thawMds());

  test('is what the diagnosis of a running instance names, whose Odoo hangs', async () => {
    await real.untilDiagnosed('ceph.unanswered');
    await real.untilHealth('silence', ({ reason }) => reason === 'NotAnswering');
  });

  test('keeps the platform from nothing that needs no files', async () => {
    await customer.succeeded((await customer.command(light.id, 'stop')).id);
    await expectStopped(customer, light);
  });

  /** It takes some 20 s until that is said: twice as long as an Odoo may hang on this site before it is replaced. */
  test('makes a creation wait and say why', async () => {
    waiting = await customer.createInstance({
      ...{ database_name: freshName('mds'), odoo_version: site.lightVersion },
    });
    const error = await poll(async () => {
      const { steps } = await customer.operation(waiting.operation.id);
      return steps.find((step) => step.error !== null)?.error ?? undefined;
    }, 120_000);
    expect(error).toMatchObject({ code: 'ceph.unanswered', hint: expect.stringContaining('ceph status') });
  });

  test('is over by itself when it answers again: nothing was taken down, and what waited goes on', async () => {
    await ceph.thawMds();
    await real.untilHealthy();
    await real.untilDiagnosed('instance.serving');
    expect((await containerOfInstance(real.id)).id).toBe(container);
    expect(await real.repairs()).toEqual([]);
    await customer.succeeded(waiting.operation.id);
    await expectServed(customer, await customer.instance(waiting.id));
    await customer.succeeded((await customer.command(light.id, 'start')).id);
    await expectServed(customer, light);
  });
});
