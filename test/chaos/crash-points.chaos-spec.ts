import { crashPointsOf } from '@saasodoo/operations/domain';
import { DoomedWorkers } from '../support/doomed-workers';
import { pointsOf } from '../support/points';
import { Customer, freshName, type InstanceView, type OperationView } from '../support/customer';
import { leftoversOf, NOTHING, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

/** Short leases, so that the next worker takes over soon; short graces, so that a hopeless creation fails soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '1500', TENANT_PLACEMENT_GRACE_MS: '2000' };

/** The steps of a creation that leave something to undo when no node fits it. */
const UNDOABLE = ['create-database', 'create-directory', 'create-secret', 'create-service'];

const wish = { odoo_version: site.lightVersion };
// A step begins to be undone where the one before it is: of the same moment one point is enough.
const undoPoints = crashPointsOf('create').undo.filter(
  (point) =>
    UNDOABLE.some((step) => point.includes(step)) &&
    (!point.endsWith('.undo-before') || point.includes('create-service')),
);

/**
 * One operation is killed at one boundary after the other: each worker goes on where the last one died. The first test of
 * a block asks for the operation, the last one lets an unharmed worker finish it.
 */
describe('a provisioner killed at every boundary loses nothing and doubles nothing', () => {
  const workers = new DoomedWorkers(site, 'provisioner', IMPATIENT);
  let customer: Customer;
  let instance: InstanceView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    await scale(site, 'provisioner', 0);
  });

  afterAll(() => scale(site, 'provisioner', 1));

  function finished(operationId: string): Promise<OperationView> {
    return workers.unharmed(() => customer.settled(operationId));
  }

  describe('of a creation', () => {
    beforeAll(async () => {
      instance = await customer.createInstance({ ...wish, database_name: freshName('crash') });
    });

    test.each(pointsOf('create'))('%s', (point) => workers.dieAt(point));

    test('and there is one of each in the end', async () => {
      expect(await finished(instance.operation.id)).toMatchObject({ status: 'succeeded' });
      expect((await customer.instance(instance.id)).status).toBe('running');
      expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
    });
  });

  describe('of its termination', () => {
    let terminate: OperationView;

    beforeAll(async () => {
      terminate = await customer.terminate(instance.id);
    });

    test.each(pointsOf('terminate'))('%s', (point) => workers.dieAt(point));

    test('and nothing is there in the end', async () => {
      expect(await finished(terminate.id)).toMatchObject({ status: 'succeeded' });
      expect((await customer.instance(instance.id)).status).toBe('terminated');
      expect(await leftoversOf(site, instance)).toEqual(NOTHING);
    });
  });

  describe('of a creation that no node has room for', () => {
    beforeAll(async () => {
      instance = await customer.createInstance({
        ...wish,
        database_name: freshName('undo'),
        memory_limit: '1T',
      });
    });

    test.each(undoPoints)('%s', (point) => workers.dieAt(point));

    test('and nothing is there in the end', async () => {
      expect(await finished(instance.operation.id)).toMatchObject({ status: 'failed' });
      expect((await customer.instance(instance.id)).status).toBe('error');
      expect(await leftoversOf(site, instance)).toEqual(NOTHING);
    });
  });
});
