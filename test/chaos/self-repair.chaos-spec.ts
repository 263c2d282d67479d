import { readFile, writeFile } from 'node:fs/promises';
import { docker, dockerJson } from '../../infrastructure/scripts/docker.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import { Customer, freshName } from '../support/customer';
import { controlSql, directoryOf, leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { LiveContainers } from '../support/live-containers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import {
  containerAfter,
  containerOfInstance,
  containersOf,
  environmentOf,
  replicasOf,
} from '../support/tasks';
import { Watched } from '../support/watched';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(600_000);

/** Longer than an observation counts for anything. */
const OUTDATED_MS = 35_000;

let customer: Customer;
let live: LiveContainers;

beforeAll(async () => {
  live = LiveContainers.follow();
  customer = await Customer.register(edge);
});

afterAll(() => live.close());

/** An instance that serves, as the monitor sees it. */
async function watched(wish: Readonly<Record<string, unknown>> = {}): Promise<Watched> {
  const asked = { odoo_version: site.lightVersion, cpu_limit: 0.5, memory_limit: '128M', ...wish };
  const instance = await customer.runningInstance({ database_name: freshName('mend'), ...asked });
  const one = new Watched(site, customer, instance);
  await one.untilHealthy();
  return one;
}

async function specOf(service: string): Promise<{ image: string; targets: string[] }> {
  const format = '{{json .Spec.TaskTemplate.ContainerSpec}}';
  const { Image, Mounts } = await dockerJson<{ Image: string; Mounts: { Target: string }[] }>([
    ...['service', 'inspect', service, '--format', format],
  ]);
  return { image: Image, targets: Mounts.map(({ Target }) => Target) };
}

/** Whatever happens to it, an instance never runs twice at once; unless somebody scales it by hand. */
async function expectWhole({ instance, id }: Watched): Promise<void> {
  await expectServed(customer, instance);
  await containerOfInstance(id);
  expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
}

/** Lets an instance take all memory there is; answers whether it was said that this ended it. It is well again then. */
async function eat(one: Watched): Promise<boolean> {
  const before = await containerOfInstance(one.id);
  await edge.call(one.instance.database_name, '/eat').catch(() => undefined);
  await one.untilHealth('an illness', ({ healthy }) => healthy === 'false');
  await containerAfter(one.id, before);
  const { reason } = await one.untilHealth('a word about its end', (health) => {
    return health.healthy === 'true' || health.reason === 'OutOfMemory';
  });
  if (reason === 'OutOfMemory') await one.untilDiagnosed('task.out_of_memory');
  await one.untilHealthy();
  return reason === 'OutOfMemory';
}

type Scenario = () => Promise<void>;

/** They happen side by side, each to an instance of its own, since most of the time is spent in waiting. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'a container is killed: it is noticed, Swarm starts the next one, and that is noticed too': async () => {
    const one = await watched();
    const before = await containerOfInstance(one.id);
    await docker(['kill', before.id]);
    await one.untilHealth('an illness', ({ healthy }) => healthy === 'false');
    await containerAfter(one.id, before);
    await one.untilHealthy();
    expect(await one.history()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^false (Restarting|TaskFailed|NoTask)$/)]),
    );
    // Nobody but Swarm had to do anything.
    expect(await one.repairs()).toEqual([]);
    await expectWhole(one);
  },

  'killed again and again it is given up with the reason, and a start brings it back': async () => {
    const one = await watched();
    const { id, instance } = one;
    await one.until('the end of all tries', async () => {
      const { status } = await customer.instance(id);
      if (status === 'error') return true;
      await edge.call(instance.database_name, '/exit', { timeoutMs: 2_000 }).catch(() => undefined);
      return undefined;
    });
    const view = await customer.read<{ error: { code: string } }>(`/instance/instances/${id}`);
    expect(view.error.code).toBe('instance.crash_looping');
    expect(await replicasOf(instance.service_name)).toBe('0/0');
    expect((await containersOf(id)).filter(({ running }) => running)).toEqual([]);
    expect(await one.repairs()).toEqual([{ kind: 'halt', reason: 'CrashLooping', status: 'succeeded' }]);
    await customer.succeeded((await customer.command(id, 'start')).id);
    await one.untilHealthy();
    await expectWhole(one);
    expect(await one.repairs()).toHaveLength(1);
  },

  'memory that runs out is told from other ends': async () => {
    const one = await watched();
    // Old engines miss some of what the kernel does to their containers, so one more try is fair.
    const isTold = (await eat(one)) || (await eat(one));
    expect(isTold).toBe(true);
    await expectWhole(one);
  },

  'a service removed by hand is made anew with its data': async () => {
    const one = await watched();
    const { service_name: name, id } = one.instance;
    await writeFile(`${directoryOf(site, one.instance)}/kept`, 'still here');
    const credentials = await customer.credentials(id);
    await docker(['service', 'rm', name]);
    await one.untilRepaired({ kind: 'redeploy', reason: 'ServiceMissing' });
    await expectWhole(one);
    expect(await readFile(`${directoryOf(site, one.instance)}/kept`, 'utf8')).toBe('still here');
    expect(await customer.credentials(id)).toEqual(credentials);
    expect(live.overlapsOf(id)).toEqual([]);
  },

  'a service removed together with its secret gets both back': async () => {
    const one = await watched();
    await docker(['service', 'rm', one.instance.service_name]);
    const secrets = ['secret', 'ls', '-q', '--filter', `label=saasodoo.instance.id=${one.id}`];
    const removed = await poll(async () => {
      const ids = (await docker(secrets)).split('\n').filter(Boolean);
      if (ids.length === 0) return true;
      // Tasks of the service that was removed may hold it for a moment.
      await docker(['secret', 'rm', ...ids]).catch(() => undefined);
      return undefined;
    }, 30_000);
    expect(removed).toBe(true);
    await one.untilRepaired({ kind: 'redeploy', reason: 'ServiceMissing' });
    await expectWhole(one);
  },

  'scaled to 0 by hand it comes back': async () => {
    const one = await watched();
    await docker(['service', 'scale', '-d', `${one.instance.service_name}=0`]);
    await one.untilRepaired({ kind: 'redeploy', reason: 'ScaledByHand' });
    await expectWhole(one);
    expect(live.overlapsOf(one.id)).toEqual([]);
  },

  'scaled to 2 by hand it is one again': async () => {
    const one = await watched();
    await docker(['service', 'scale', '-d', `${one.instance.service_name}=2`]);
    await one.untilRepaired({ kind: 'redeploy', reason: 'ScaledByHand' });
    await expectWhole(one);
    // Two at once is what the other tests look out for: here they were, and were seen.
    expect(live.overlapsOf(one.id)).not.toEqual([]);
  },

  'a stopped instance that is scaled up by hand rests again': async () => {
    const one = await watched();
    await customer.succeeded((await customer.command(one.id, 'stop')).id);
    await docker(['service', 'scale', '-d', `${one.instance.service_name}=1`]);
    await one.until('rest', async () => {
      const [repair] = await one.repairs();
      return repair?.status === 'succeeded' ? repair : undefined;
    });
    expect(await one.repairs()).toEqual([{ kind: 'stop', reason: 'ScaledByHand', status: 'succeeded' }]);
    expect(await replicasOf(one.instance.service_name)).toBe('0/0');
    expect((await containersOf(one.id)).filter(({ running }) => running)).toEqual([]);
  },

  'variables, image and mounts that were edited by hand become what PostgreSQL says': async () => {
    const one = await watched();
    const { service_name: name } = one.instance;
    const before = { ...(await specOf(name)), environment: await environmentOf(name) };
    const edits = [
      ['--env-add', 'EDITED=1'],
      ['--image', 'saasodoo/test-odoo-exits:latest', '--no-resolve-image'],
      ['--mount-add', 'type=tmpfs,destination=/edited'],
    ];
    for (const [round, edit] of edits.entries()) {
      await docker(['service', 'update', '-d', ...edit, name]);
      await one.until('the specification of before', async () => {
        const done = (await one.repairs()).filter(({ status }) => status === 'succeeded');
        return done.length > round ? true : undefined;
      });
      expect({ ...(await specOf(name)), environment: await environmentOf(name) }).toEqual(before);
      expect((await one.repairs())[round]).toMatchObject({ kind: 'redeploy', reason: 'SpecEdited' });
    }
    await one.untilHealthy();
    await expectWhole(one);
    expect(live.overlapsOf(one.id)).toEqual([]);
  },

  'what hangs is replaced': async () => {
    const one = await watched();
    const before = await containerOfInstance(one.id);
    await edge.call(one.instance.database_name, '/hang');
    await one.untilHealth(
      'silence',
      ({ healthy, reason }) => healthy === 'false' && reason === 'NotAnswering',
    );
    await one.untilRepaired({ kind: 'restart', reason: 'NotAnswering' });
    expect((await containerOfInstance(one.id)).taskId).not.toBe(before.taskId);
    await expectWhole(one);
  },

  "an image that was withdrawn is an error with Docker's reason until it is back": async () => {
    const one = await watched({ odoo_version: site.fleetingVersion });
    const { id } = one;
    await customer.succeeded((await customer.command(id, 'stop')).id);
    const imageId = await docker(['image', 'inspect', site.fleetingImage, '--format', '{{.Id}}']);
    await docker(['rmi', site.fleetingImage]);
    try {
      const start = await customer.settled((await customer.command(id, 'start')).id);
      expect(start).toMatchObject({ status: 'failed', error: { code: 'swarm.image_unavailable' } });
      expect(start.error?.message).toContain('No such image');
      expect((await customer.instance(id)).status).toBe('error');
    } finally {
      await docker(['tag', imageId, site.fleetingImage]);
    }
    await one.until('the end of the error', async () => {
      return (await customer.instance(id)).status === 'running' ? true : undefined;
    });
    await one.untilHealthy();
    await expectWhole(one);
  },
};

describe('the platform mends what is broken', () => {
  const outcomes = new Map<string, Promise<void>>();

  beforeAll(() => {
    for (const [name, scenario] of Object.entries(scenarios)) {
      const outcome = scenario();
      outcome.catch(() => undefined); // its test tells
      outcomes.set(name, outcome);
    }
  });

  test.each(Object.keys(scenarios))('%s', async (name) => {
    await outcomes.get(name);
  });
});

describe('while a part of the platform is away', () => {
  type Faulty = readonly [Watched, Watched, Watched];

  async function healthy(): Promise<Faulty> {
    return Promise.all([watched(), watched(), watched()]);
  }

  /** A service is removed, one is scaled to 0, and a container is killed. */
  async function breakThem([removed, scaled, killed]: Faulty): Promise<void> {
    await docker(['service', 'rm', removed.instance.service_name]);
    await docker(['service', 'scale', '-d', `${scaled.instance.service_name}=0`]);
    await docker(['kill', (await containerOfInstance(killed.id)).id]);
  }

  async function expectMended([removed, scaled, killed]: Faulty): Promise<void> {
    await removed.untilRepaired({ kind: 'redeploy', reason: 'ServiceMissing' });
    await scaled.untilRepaired({ kind: 'redeploy', reason: 'ScaledByHand' });
    await killed.untilHealthy();
    for (const one of [removed, scaled, killed]) await expectWhole(one);
    expect(await killed.repairs()).toEqual([]);
  }

  test('without the monitor nothing wrong is done, and what broke meanwhile is mended after it is back', async () => {
    const calm = await watched();
    const faulty = await healthy();
    const opened = (): Promise<string[]> => controlSql(site, 'SELECT count(*) FROM operation');
    await scale(site, 'monitor', 0);
    const before = await opened();
    try {
      await breakThem(faulty);
      await calm.untilHealth('staleness', ({ stale, observed_at: at }) => {
        return stale && at !== null && Date.now() - Date.parse(at) > OUTDATED_MS;
      });
      expect(await opened()).toEqual(before);
      await expectServed(customer, calm.instance);
      await expectServed(customer, faulty[2].instance);
    } finally {
      await scale(site, 'monitor', 1);
    }
    await expectMended(faulty);
    await calm.untilHealthy();
    expect(await calm.repairs()).toEqual([]);
  });

  test('without the lifecycle nothing is mended, and everything after it is back', async () => {
    const calm = await watched();
    const faulty = await healthy();
    await scale(site, 'lifecycle', 0);
    try {
      await breakThem(faulty);
      await faulty[0].untilHealth('a missing service', ({ reason }) => reason === 'NoService');
      await faulty[1].untilHealth('a missing task', ({ reason }) => reason === 'NoTask');
    } finally {
      await scale(site, 'lifecycle', 1);
    }
    await expectMended(faulty);
    expect(await calm.repairs()).toEqual([]);
  });
});
