import { SwarmTestBench } from '../swarm-test-bench';
import { including } from '../test-matchers';

const WITHIN_MS = 40_000;

describe('one-off jobs on a real Swarm', () => {
  let bench: SwarmTestBench;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  jest.setTimeout(90_000);

  it('runs a container to its end, hands out what it wrote and leaves nothing', async () => {
    const spec = bench.spec(bench.shell('echo one; echo two'));
    const result = await bench.swarm.jobs.run(spec, { withinMs: WITHIN_MS });
    expect(result).toEqual({ exitCode: 0, logTail: ['one', 'two'] });
    expect(await bench.swarm.services.getByName(spec.name)).toBeUndefined();
  });

  it('fails with exit code and last lines, runs once, and leaves nothing', async () => {
    const spec = bench.spec(bench.shell('echo no such table >&2; exit 4'));
    await expect(bench.swarm.jobs.run(spec, { withinMs: WITHIN_MS })).rejects.toMatchObject({
      code: 'swarm.exited',
      facts: including({ exitCode: 4, logTail: ['no such table'] }),
    });
    expect(await bench.swarm.services.getByName(spec.name)).toBeUndefined();
  });

  it("fails with Docker's reason when it cannot start", async () => {
    const spec = bench.spec({ image: 'saasodoo/no-such-image:none' });
    await expect(bench.swarm.jobs.run(spec, { withinMs: WITHIN_MS })).rejects.toMatchObject({
      code: 'swarm.image_unavailable',
    });
  });

  it('joins a job that is running, after whoever started it went away', async () => {
    const spec = bench.spec(bench.shell('echo started; sleep 3; echo ended'));
    const controller = new AbortController();
    const first = bench.swarm.jobs.run(spec, {
      withinMs: WITHIN_MS,
      signal: controller.signal,
      onProgress: (text) => {
        if (text === 'running') controller.abort(new Error('the worker stops'));
      },
    });
    await expect(first).rejects.toThrow('the worker stops');
    const left = await bench.swarm.services.getByName(spec.name);
    expect(left).toBeDefined();
    const result = await bench.swarm.jobs.run(spec, { withinMs: WITHIN_MS });
    expect(result).toEqual({ exitCode: 0, logTail: ['started', 'ended'] });
  });

  it('ends a job that takes too long before it gives up', async () => {
    const spec = bench.spec();
    await expect(bench.swarm.jobs.run(spec, { withinMs: 3_000 })).rejects.toMatchObject({
      code: 'swarm.job_timeout',
    });
    expect(await bench.swarm.services.getByName(spec.name)).toBeUndefined();
  });
});
