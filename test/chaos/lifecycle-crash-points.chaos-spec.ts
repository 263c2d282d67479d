import { crashPointsOf, type OperationKind, stepListOf } from '@saasodoo/operations/domain';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import { controlSql, leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { LiveContainers } from '../support/live-containers';
import { pointsOf } from '../support/points';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containersOf, limitsOf, replicasOf } from '../support/tasks';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);
const MIB = 1024 ** 2;

jest.setTimeout(300_000);

/** Short leases, so that the next worker takes over soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '1500' };

/** The server of the image for tests refuses to serve with less than it needs. */
const NEEDS = { LIGHT_NEEDS_MEMORY: String(512 * MIB) };

interface Turn {
  readonly kind: OperationKind;
  readonly points: readonly string[];
  /** The status it ends in. */
  readonly to: 'running' | 'stopped' | 'suspended' | 'error';
  readonly ask: (id: string) => Promise<{ readonly id: string }>;
  /** It cannot be had, so it is taken back. */
  readonly undone?: true;
}

/** The steps of a change of shape that leave something to take back. */
const UNDONE_STEPS = ['deploy-service', 'ensure-secret'];

const undoPoints = crashPointsOf('scale').undo.filter((point) =>
  UNDONE_STEPS.some((step) => point.includes(step)),
);

let customer: Customer;
let admin: Customer;

const commanded = (
  kind: 'start' | 'stop' | 'restart' | 'suspend' | 'resume' | 'redeploy',
  to: Turn['to'],
): Turn => ({ kind, to, points: pointsOf(kind), ask: (id) => admin.command(id, kind) });

/** Each begins where the one before has ended. */
const turns: readonly Turn[] = [
  commanded('restart', 'running'),
  commanded('stop', 'stopped'),
  commanded('start', 'running'),
  commanded('suspend', 'suspended'),
  commanded('resume', 'running'),
  commanded('redeploy', 'running'),
  {
    ...{ kind: 'scale', to: 'running', points: pointsOf('scale') },
    ask: (id) => customer.change(id, { memory_limit: '640M', cpu_limit: 0.5 }),
  },
  {
    ...{ kind: 'scale', to: 'running', undone: true, points: undoPoints },
    ask: (id) => customer.change(id, { memory_limit: '256M' }),
  },
  {
    ...{ kind: 'reconfigure', to: 'running', points: pointsOf('reconfigure') },
    ask: (id) => customer.change(id, { environment: { ...NEEDS, TURN: 'next' } }),
  },
  { kind: 'halt', to: 'error', points: pointsOf('halt'), ask: halt },
];

/** Nobody but the platform gives up on an instance, so its operation is opened as the reconciler would. */
async function halt(id: string): Promise<{ readonly id: string }> {
  const steps = stepListOf('halt')
    .map((step, index) => `(${index + 1}, '${step}')`)
    .join();
  const input = { code: 'instance.crash_looping', message: 'given up', requested_by: 'reconciler' };
  const [opened = ''] = await controlSql(
    site,
    `WITH opened AS (
       INSERT INTO operation (id, instance_id, customer_id, kind, generation, input, correlation_id)
       SELECT gen_random_uuid(), id, customer_id, 'halt', generation, '${JSON.stringify(input)}', 'halt'
         FROM instance WHERE id = '${id}' RETURNING id),
     listed AS (
       INSERT INTO operation_step (operation_id, position, name)
       SELECT opened.id, step.* FROM opened, (VALUES ${steps}) AS step)
     SELECT id FROM opened`,
  );
  return { id: opened };
}

/**
 * One operation of each kind is killed at one boundary after the other: each worker goes on where the last one died, and
 * what it resumes is interrupted again.
 */
describe('a lifecycle killed at every boundary loses nothing and doubles nothing', () => {
  const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);
  let live: LiveContainers;
  let instance: InstanceView;

  beforeAll(async () => {
    live = LiveContainers.follow();
    customer = await Customer.register(edge);
    admin = await Customer.admin(site);
    instance = await customer.runningInstance({
      database_name: freshName('cross'),
      odoo_version: site.lightVersion,
      memory_limit: '512M',
    });
    await customer.succeeded((await customer.change(instance.id, { environment: NEEDS })).id);
    await scale(site, 'lifecycle', 0);
  });

  afterAll(async () => {
    live.close();
    await scale(site, 'lifecycle', 1);
  });

  describe.each(turns)('in $kind, until it is $to', ({ kind, points, to, ask, undone }) => {
    let operationId: string;

    beforeAll(async () => {
      operationId = (await ask(instance.id)).id;
    });

    test.each(points)('%s', (point) => workers.dieAt(point));

    test('and what was interrupted is brought to its end', async () => {
      const operation = await workers.unharmed(() => customer.settled(operationId, 240_000));
      expect(operation).toMatchObject({ kind, status: undone === true ? 'failed' : 'succeeded' });
      await expectAt(to);
      expect(live.overlapsOf(instance.id)).toEqual([]);
    });
  });

  test('its Odoo was started more than once, and never twice at a time', () => {
    expect(live.startsOf(instance.id)).toBeGreaterThan(1);
    expect(live.overlapsOf(instance.id)).toEqual([]);
  });

  async function expectAt(to: Turn['to']): Promise<void> {
    const view = await customer.instance(instance.id);
    expect(view.status).toBe(to);
    const { services, secrets } = await leftoversOf(site, instance);
    expect({ services, secrets }).toEqual({ services: ONE_OF_EACH.services, secrets: ONE_OF_EACH.secrets });
    if (to === 'running') {
      await expectServed(customer, instance);
      const { memoryBytes } = await limitsOf(instance.service_name);
      expect(view.memory_limit).toBe(`${memoryBytes / MIB}M`);
    } else {
      expect(await replicasOf(instance.service_name)).toBe('0/0');
      expect((await containersOf(instance.id)).filter(({ running }) => running)).toEqual([]);
    }
  }
});
