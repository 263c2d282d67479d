import { type ContainerUsage } from './container-usage';
import { SwarmTestBench } from '../swarm-test-bench';

const WITHIN_MS = 40_000;
const MIB = 1024 ** 2;

describe('the tasks of a real Swarm', () => {
  let bench: SwarmTestBench;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  const measured = async (containerId: string): Promise<ContainerUsage> => {
    const usage = await bench.swarm.tasks.usage(containerId);
    if (usage === undefined) throw new Error(`container ${containerId} does not run here`);
    return usage;
  };

  it('measures what a container uses, as long as it runs', async () => {
    const busy = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec sleep 1000';
    const spec = bench.spec({ ...bench.shell(busy), limits: { memoryBytes: 64 * MIB } });
    const { id, revision } = await bench.swarm.services.create(spec);
    const { containerId = '' } = await bench.swarm.convergence.awaitConverged(id, {
      revision,
      withinMs: WITHIN_MS,
      stableMs: 500,
    });
    const usage = await measured(containerId);
    expect(usage.memoryLimitBytes).toBe(64 * MIB);
    expect(usage.memoryBytes).toBeGreaterThan(0);
    expect(usage.memoryBytes).toBeLessThan(64 * MIB);
    expect(usage.cpuSeconds).toBeGreaterThan(0);
    const later = await measured(containerId);
    expect(later.measuredAt.getTime()).toBeGreaterThanOrEqual(usage.measuredAt.getTime());
    expect(later.cpuSeconds).toBeGreaterThanOrEqual(usage.cpuSeconds);
    await bench.swarm.services.scale(id, 0);
    await bench.swarm.convergence.awaitGone(id, { withinMs: WITHIN_MS });
    expect(await bench.swarm.tasks.usage(containerId)).toBeUndefined();
  });

  it('has nothing to tell of a container of another node', async () => {
    expect(await bench.swarm.tasks.usage('0'.repeat(64))).toBeUndefined();
    expect(await bench.swarm.tasks.outOfMemory('0'.repeat(64))).toBeUndefined();
  });

  it('finds one task by its id', async () => {
    const { id, revision } = await bench.swarm.services.create(bench.spec());
    const task = await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    expect(await bench.swarm.tasks.get(task.id)).toEqual(task);
    expect(await bench.swarm.tasks.get('a'.repeat(25))).toBeUndefined();
  });
});
