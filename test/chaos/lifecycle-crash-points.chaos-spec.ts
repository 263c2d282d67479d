import { type OperationKind, stepListOf } from '@saasodoo/operations/domain';
import { type Crossing, lanes, type Turn, turnsOf } from '../support/crossings';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { controlSql, leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { LiveContainers } from '../support/live-containers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containersOf, limitsOf, replicasOf } from '../support/tasks';
import { scale, Worker } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);
const MIB = 1024 ** 2;

jest.setTimeout(300_000);

/** Short leases, so that the next worker takes over soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '1500' };

/** What an instance has in turns; the server of the images for tests refuses to serve with less than the smaller. */
const MEMORY = ['512M', '640M'] as const;
const TOO_LITTLE = '256M';

const turns = turnsOf(lanes);
const named = turns.map((turn): [string, Turn] => [turn.crossing.point, turn]);

/** An instance, and whether what was asked of it last has come to its end as it should. */
interface Track {
  readonly instance: InstanceView;
  settled: Promise<void>;
  isOver: boolean;
  asked: number;
}

/**
 * The worker that finishes what one killed worker left is the one that is killed next, in what it does for another
 * instance: so every kill costs one start of a worker, and what is resumed is interrupted again at any moment.
 */
describe('a lifecycle killed at any boundary loses nothing and doubles nothing', () => {
  let customer: Customer;
  let admin: Customer;
  let live: LiveContainers;
  let tracks: Track[];
  const outcomes = new Map<string, Promise<void>>();

  beforeAll(async () => {
    live = LiveContainers.follow();
    customer = await Customer.register(edge);
    admin = await Customer.admin(site);
    const wish = { odoo_version: site.lightVersion, memory_limit: MEMORY[0] };
    const instances = await Promise.all(
      lanes.map(() => customer.runningInstance({ ...wish, database_name: freshName('cross') })),
    );
    const environment = { LIGHT_NEEDS_MEMORY: String(512 * MIB) };
    await Promise.all(
      instances.map(async ({ id }) => customer.succeeded((await customer.change(id, { environment })).id)),
    );
    tracks = instances.map((instance) => ({ instance, settled: Promise.resolve(), isOver: true, asked: 0 }));
    await scale(site, 'lifecycle', 0);
  });

  afterAll(async () => {
    live.close();
    await scale(site, 'lifecycle', 1);
  });

  function startWorker(crashAt?: string): Promise<Worker> {
    return Worker.start(site, 'lifecycle', {
      environment: IMPATIENT,
      ...(crashAt === undefined ? {} : { crashAt }),
    });
  }

  /** Lets an unharmed worker finish what the lane has under way, unless others have done it already. */
  async function finish({ settled, isOver }: Track): Promise<void> {
    if (isOver) return;
    const worker = await startWorker();
    try {
      await settled;
    } finally {
      await worker.remove();
    }
  }

  /** Asks for what a crossing is about; answers the id of its operation. */
  async function request(track: Track, { kind, undone: cannotBeHad }: Crossing): Promise<string> {
    const { id } = track.instance;
    track.asked += 1;
    const turn = track.asked % 2;
    if (cannotBeHad === true) return (await customer.change(id, { memory_limit: TOO_LITTLE })).id;
    switch (kind) {
      case 'halt':
        return halt(id);
      case 'scale': {
        const { memory_limit: now } = await customer.instance(id);
        const next = MEMORY.find((limit) => limit !== now) ?? MEMORY[0];
        return (await customer.change(id, { memory_limit: next, cpu_limit: turn === 0 ? 1 : 0.5 })).id;
      }
      case 'reconfigure': {
        const environment = { LIGHT_NEEDS_MEMORY: String(512 * MIB), TURN: String(track.asked) };
        return (await customer.change(id, { environment })).id;
      }
      default:
        return (await admin.command(id, verbOf(kind))).id;
    }
  }

  /** Nobody but the platform gives up on an instance, so its operation is opened as the reconciler would. */
  async function halt(id: string): Promise<string> {
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
    return opened;
  }

  /** Answers once the operation has ended as it should and everything is as the crossing says. */
  async function arrived({ instance }: Track, crossing: Crossing, operationId: string): Promise<void> {
    const operation = await customer.settled(operationId, 240_000);
    expect(operation).toMatchObject({ status: crossing.undone === true ? 'failed' : 'succeeded' });
    await expectAt(instance, crossing);
    const { services, secrets } = await leftoversOf(site, instance);
    expect({ services, secrets }).toEqual({ services: ONE_OF_EACH.services, secrets: ONE_OF_EACH.secrets });
    expect(live.startsOf(instance.id)).toBeGreaterThan(1);
    expect(live.overlapsOf(instance.id)).toEqual([]);
  }

  async function expectAt(instance: InstanceView, { to, kind }: Crossing): Promise<void> {
    const wanted = to === 'error' ? 'running' : to;
    const view = await customer.instance(instance.id);
    expect(view).toMatchObject({ status: to, desired_state: wanted });
    if (to === 'running') {
      await expectServed(customer, instance);
      if (kind === 'scale') expect(view.memory_limit).toBe(textOf(await limitsOf(instance.service_name)));
    } else {
      expect(await replicasOf(instance.service_name)).toBe('0/0');
      expect((await containersOf(instance.id)).filter(({ running }) => running)).toEqual([]);
    }
  }

  test.each(named)('%s', async (point, { lane, way, crossing }) => {
    const track = tracks[lane]!;
    await finish(track);
    const doomed = await startWorker(point);
    try {
      for (const step of way) await arrived(track, step, await request(track, step));
      const operationId = await request(track, crossing);
      const exitCode = await doomed.ended().catch(async (cause: unknown) => {
        throw new Error(`the worker never passed ${point}\n${await doomed.log()}`, { cause });
      });
      expect(exitCode).toBe(137);
      const outcome = arrived(track, crossing, operationId);
      outcomes.set(point, outcome);
      // Whether it went well is told by the test of its own below; here others only wait for it.
      track.isOver = false;
      track.settled = outcome
        .catch(() => undefined)
        .then(() => {
          track.isOver = true;
        });
    } finally {
      await doomed.remove();
    }
  });

  describe('and what was interrupted is brought to its end', () => {
    beforeAll(() => scale(site, 'lifecycle', 1));

    test.each(named)('%s', async (point) => {
      const outcome = outcomes.get(point);
      if (outcome === undefined) throw new Error('it was never interrupted there');
      await outcome;
    });
  });
});

function verbOf(kind: OperationKind): 'start' | 'stop' | 'restart' | 'suspend' | 'resume' | 'redeploy' {
  switch (kind) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'suspend':
    case 'resume':
    case 'redeploy':
      return kind;
    default:
      throw new Error(`${kind} is not asked for by its name`);
  }
}

function textOf({ memoryBytes }: { readonly memoryBytes: number }): string {
  return `${memoryBytes / MIB}M`;
}
