import { docker } from '../docker.ts';
import { ensureEngine } from '../engine.ts';
import { poll } from '../process.ts';
import { say, step } from '../progress.ts';
import { ensureSwarm } from '../swarm.ts';
import { inTestSite, TEST_SITES } from '../testing/site.ts';
import { ByHand } from './by-hand.ts';
import { type BenchInstance, type BenchSite, Operator } from './operator.ts';
import { median, table } from './report.ts';

const ROUNDS = 5;
/** In the order they follow each other; each with what bare dockerode does for the same. */
const COMMANDS = [
  ['stop', 'stop'],
  ['start', 'start'],
  ['restart', 'restart'],
  ['suspend', 'stop'],
  ['resume', 'start'],
] as const;
const POLL_MS = 20;

interface KilledTimes {
  readonly known: number;
  readonly serving: number;
}

/** What is asked of the platform, and how long it takes. */
class Lifecycle {
  private readonly operator: Operator;

  constructor(operator: Operator) {
    this.operator = operator;
  }

  /** Milliseconds from the request until its operation has succeeded. */
  async time({ id }: BenchInstance, command: string): Promise<number> {
    const startedAt = performance.now();
    const { operation } = await this.operator.call<BenchInstance>(
      'POST',
      `/instance/instances/${id}/${command}`,
    );
    await this.operator.settled(operation.id);
    return performance.now() - startedAt;
  }

  /** From the death of the task's container until the platform says so, and until the instance serves again. */
  async killed(instance: BenchInstance): Promise<KilledTimes> {
    await this.awaitHealth(instance, true);
    const label = `label=com.docker.swarm.service.name=${instance.service_name}`;
    const [container = ''] = (await docker(['ps', '-q', '--filter', label])).split('\n');
    const startedAt = performance.now();
    await docker(['kill', container]);
    const known = this.awaitHealth(instance, false).then(() => performance.now() - startedAt);
    const serving = this.servedByAnother(label, container, instance).then(
      () => performance.now() - startedAt,
    );
    return { known: await known, serving: await serving };
  }

  private async servedByAnother(
    label: string,
    before: string,
    { database_name }: BenchInstance,
  ): Promise<void> {
    await reached(async () => {
      const running = await docker(['ps', '-q', '--filter', label]);
      if (running === '' || running.includes(before)) return false;
      return (await this.operator.edge.call(database_name, '/web/login')).status === 200;
    });
  }

  private async awaitHealth({ id }: BenchInstance, healthy: boolean): Promise<void> {
    await reached(async () => {
      const health = await this.operator.call<{ healthy: string }>('GET', `/instance/instances/${id}/health`);
      return health.healthy === String(healthy);
    });
  }
}

async function reached(condition: () => Promise<boolean>): Promise<void> {
  const found = await poll(async () => ((await condition()) ? true : undefined), 120_000, POLL_MS);
  if (found === undefined) throw new Error('it did not come about within 120 s');
}

async function measure(site: BenchSite): Promise<void> {
  const operator = await Operator.logIn(site);
  const lifecycle = new Lifecycle(operator);
  const instance = await step('Create an instance', () => operator.create(site.lightVersion));
  const byHand = await step('The same service by hand', () =>
    ByHand.start({
      stack: site.name,
      platformImage: site.platformImage,
      network: site.tenantNetwork,
      copyOf: instance.service_name,
    }),
  );
  const times = new Map<string, { platform: number[]; hand: number[] }>();
  const killed: { platform: KilledTimes[]; hand: number[] } = { platform: [], hand: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    await step(`Round ${round} of ${ROUNDS}`, async () => {
      for (const [command, bare] of COMMANDS) {
        const { platform, hand } = times.get(command) ?? { platform: [], hand: [] };
        hand.push(await byHand.time(bare));
        platform.push(await lifecycle.time(instance, command));
        times.set(command, { platform, hand });
      }
      killed.hand.push(await byHand.time('killed'));
      // Another one each time: the platform gives up on an instance that dies again and again.
      killed.platform.push(await lifecycle.killed(await operator.create(site.lightVersion)));
    });
  }
  await byHand.end();
  report(times, killed);
}

function report(
  times: ReadonlyMap<string, { platform: number[]; hand: number[] }>,
  killed: { readonly platform: readonly KilledTimes[]; readonly hand: readonly number[] },
): void {
  const row = (name: string, hand: readonly number[], platform: readonly number[]) => {
    const [floor, ours] = [median(hand), median(platform)];
    return [name, floor, ours, ours / floor, ours - 1.15 * floor];
  };
  const rows = [...times].map(([name, { platform, hand }]) => row(name, hand, platform));
  const serving = row(
    'killed → serving again',
    killed.hand,
    killed.platform.map((one) => one.serving),
  );
  say('');
  say(
    table([['', 'by hand (ms)', 'platform (ms)', 'ratio', 'beyond 1.15 × by hand (ms)'], ...rows, serving]),
  );
  const known = killed.platform.map((one) => one.known);
  say(
    `killed → the platform says so: median ${Math.round(median(known))} ms, longest ${Math.round(Math.max(...known))} ms`,
  );
}

/** Lifecycle commands through REST, until their operations have succeeded, against bare dockerode doing the same. */
export async function benchLifecycle(): Promise<void> {
  await ensureEngine();
  await ensureSwarm();
  await inTestSite(TEST_SITES.first, async (announced) => {
    const { SAASODOO_TEST_SITE: site = '' } = await announced();
    await measure(JSON.parse(site) as BenchSite);
  });
}
