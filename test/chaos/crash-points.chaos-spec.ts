import { crashPointsOf } from '@saasodoo/operations/domain';
import { pointsOf } from '../support/crossings';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { leftoversOf, NOTHING, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { scale, Worker, type WorkerOptions } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(240_000);

/** Short leases, so that the next worker takes over soon; short graces, so that a hopeless creation fails soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '3000', TENANT_PLACEMENT_GRACE_MS: '2000' };

/** The steps of a creation that leave something to undo when no node fits it. */
const UNDOABLE = ['create-database', 'create-directory', 'create-secret', 'create-service'];

const createPoints = pointsOf('create');
// A step begins to be undone where the one before it is: of the same moment one point is enough.
const undoPoints = crashPointsOf('create').undo.filter(
  (point) =>
    UNDOABLE.some((step) => point.includes(step)) &&
    (!point.endsWith('.undo-before') || point.includes('create-service')),
);
const terminatePoints = pointsOf('terminate');

describe('a provisioner killed at any boundary loses nothing and doubles nothing', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    await scale(site, 'provisioner', 0);
  });

  afterAll(() => scale(site, 'provisioner', 1));

  /** Lets a worker die at `point` while it does what `request` asks, then lets another one finish. */
  async function crashAndResume<T>(
    point: string,
    request: () => Promise<T>,
    finish: (asked: T) => Promise<void>,
  ): Promise<void> {
    const asked = await request();
    const doomed = await startWorker({ crashAt: point });
    try {
      const exitCode = await doomed.ended().catch(async (cause: unknown) => {
        throw new Error(`the worker never passed ${point}\n${await doomed.log()}`, { cause });
      });
      expect(exitCode).toBe(137);
    } finally {
      await doomed.remove();
    }
    await withWorker(() => finish(asked));
  }

  function startWorker(options: WorkerOptions = {}): Promise<Worker> {
    return Worker.start(site, 'provisioner', { ...options, environment: IMPATIENT });
  }

  async function withWorker<T>(work: () => Promise<T>): Promise<T> {
    const worker = await startWorker();
    try {
      return await work();
    } finally {
      await worker.remove();
    }
  }

  async function expectGone(instance: InstanceView): Promise<void> {
    const terminate = await customer.terminate(instance.id);
    expect(await customer.settled(terminate.id)).toMatchObject({ status: 'succeeded' });
    expect(await leftoversOf(site, instance)).toEqual(NOTHING);
  }

  test.each(createPoints)('create: %s', async (point) => {
    const request = (): Promise<InstanceView> =>
      customer.createInstance({ database_name: freshName('crash'), odoo_version: site.odooVersion });
    await crashAndResume(point, request, async (instance) => {
      expect(await customer.settled(instance.operation.id)).toMatchObject({ status: 'succeeded' });
      expect((await customer.instance(instance.id)).status).toBe('running');
      expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
      await expectGone(instance);
    });
  });

  test.each(undoPoints)('undoing a create: %s', async (point) => {
    const request = (): Promise<InstanceView> =>
      customer.createInstance({
        database_name: freshName('undo'),
        odoo_version: site.odooVersion,
        memory_limit: '1T',
      });
    await crashAndResume(point, request, async (instance) => {
      expect(await customer.settled(instance.operation.id)).toMatchObject({ status: 'failed' });
      expect((await customer.instance(instance.id)).status).toBe('error');
      expect(await leftoversOf(site, instance)).toEqual(NOTHING);
    });
  });

  test.each(terminatePoints)('terminate: %s', async (point) => {
    const instance = await withWorker(async () => {
      const created = await customer.createInstance({
        database_name: freshName('end'),
        odoo_version: site.odooVersion,
      });
      expect(await customer.settled(created.operation.id)).toMatchObject({ status: 'succeeded' });
      return created;
    });
    await crashAndResume(
      point,
      () => customer.terminate(instance.id),
      async (terminate) => {
        expect(await customer.settled(terminate.id)).toMatchObject({ status: 'succeeded' });
        expect((await customer.instance(instance.id)).status).toBe('terminated');
        expect(await leftoversOf(site, instance)).toEqual(NOTHING);
      },
    );
  });
});
