import { type BackupView, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import { besides, readDrilled, requestDrill } from '../support/drills';
import { ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(600_000);

/** Short leases, so that the next worker takes over soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '1500', RECONCILE_EVERY_MS: '0' };

const FORWARD = ['drill.restore-database.effect', 'drill.restore-files.effect', 'drill.probe-odoo.effect'];
const UNDO = ['drill.restore-files.undo-effect', 'drill.fetch-backup.undo-effect'];

/** One drill is killed at one boundary after the other: each worker goes on where the last one died. */
describe('a lifecycle killed within a drill', () => {
  const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);
  let customer: Customer;
  let instance: InstanceView;
  let backup: BackupView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('drill'),
      odoo_version: site.lightVersion,
    });
    backup = await takeBackup(customer, instance.id);
    await scale(site, 'lifecycle', 0);
  });

  afterAll(() => scale(site, 'lifecycle', 1));

  test('leaves its result and nothing else', async () => {
    const { id } = await requestDrill(customer, backup.id);
    for (const point of FORWARD) await workers.dieAt(point);
    await workers.dieAt('drill.remove-drill.effect');
    await workers.unharmed(() => customer.succeeded(id));
    const { drill, rows, files } = await readDrilled(customer, backup.id);
    expect(drill).toMatchObject({ status: 'passed', rows, files });
    expect(await besides(site, instance)).toEqual({ ...ONE_OF_EACH, strays: [] });
    await expectServed(customer, instance);
  });

  test('leaves nothing either when it is called off', async () => {
    const { id } = await requestDrill(customer, backup.id);
    await workers.dieAt('drill.restore-files.checkpointed');
    const called = await customer.call(`/instance/operations/${id}/cancel`, { method: 'POST' });
    expect(called.status).toBe(202);
    for (const point of UNDO) await workers.dieAt(point);
    await workers.unharmed(async () => {
      expect(await customer.settled(id)).toMatchObject({ status: 'cancelled' });
    });
    expect(await readDrilled(customer, backup.id)).toMatchObject({
      drill: { status: 'passed' },
      drill_put_off: { times: 1, error: { code: 'operation.cancelled' } },
    });
    expect(await besides(site, instance)).toEqual({ ...ONE_OF_EACH, strays: [] });
    await expectServed(customer, instance);
  });
});
