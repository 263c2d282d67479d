import { randomInt } from 'node:crypto';
import { AppError } from '@saasodoo/kernel';
import { type ServiceSpec } from '../services/service-spec';
import { SwarmTestBench } from '../swarm-test-bench';
import { including, saying } from '../test-matchers';
import { isTerminal } from '../tasks/swarm-task';

const WITHIN_MS = 40_000;

describe('convergence on a real Swarm', () => {
  let bench: SwarmTestBench;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  afterAll(async () => {
    await bench.close();
  }, 120_000);

  jest.setTimeout(120_000);

  const outcome = async (
    overrides: Partial<ServiceSpec>,
    options: { readonly blockedGraceMs?: number; readonly withinMs?: number } = {},
  ): Promise<{ readonly error: AppError; readonly progress: readonly string[] }> => {
    const progress: string[] = [];
    const { id, revision } = await bench.swarm.services.create(bench.spec(overrides));
    const onProgress = (text: string): void => void progress.push(text);
    let error: unknown;
    try {
      const wanted = { revision, withinMs: WITHIN_MS, stableMs: 1_000, onProgress, ...options };
      await bench.swarm.convergence.awaitConverged(id, wanted);
    } catch (thrown) {
      error = thrown;
    }
    await bench.swarm.services.remove(id);
    if (!(error instanceof AppError))
      throw new Error('it converged, or failed without a reason', { cause: error });
    return { error, progress };
  };

  it('answers with the running task and its address', async () => {
    const { id, revision } = await bench.swarm.services.create(bench.spec());
    const task = await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    expect(task).toMatchObject({
      serviceId: id,
      state: 'running',
      desiredState: 'running',
      revision,
      error: '',
    });
    expect(task.addresses[bench.networkId]).toEqual([saying(/^\d+\.\d+\.\d+\.\d+\/\d+$/)]);
    expect(task.exitCode).toBeUndefined();
  });

  it('waits for the new revision and for the end of the old one', async () => {
    const { id, revision } = await bench.swarm.services.create(bench.spec());
    const first = await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    const next = await bench.swarm.services.forceUpdate(id);
    const second = await bench.swarm.convergence.awaitConverged(id, { ...next, withinMs: WITHIN_MS });
    expect(second.revision).toBe(revision + 1);
    const tasks = await bench.swarm.tasks.list({ serviceId: id });
    const old = tasks.find((task) => task.id === first.id);
    expect(old === undefined || isTerminal(old)).toBe(true);
  });

  it('names an image that is not there, at once', async () => {
    const { error } = await outcome({ image: 'saasodoo/no-such-image:none' });
    expect(error).toMatchObject({
      code: 'swarm.image_unavailable',
      message: saying('No such image'),
      retryable: false,
    });
  });

  it('names a directory that is not there, at once', async () => {
    const { error } = await outcome({
      mounts: [{ type: 'bind', source: '/no/such/directory', target: '/data' }],
    });
    expect(error).toMatchObject({
      code: 'swarm.bind_missing',
      message: saying('/no/such/directory'),
    });
  });

  it('gives a container up that exits three times, with its code and its last lines', async () => {
    const { error } = await outcome(bench.shell('echo first; echo the disk is on fire >&2; exit 3'));
    expect(error).toMatchObject({
      code: 'swarm.exited',
      message: saying(/non-zero exit \(3\)/),
    });
    expect(error.facts['exitCode']).toBe(3);
    expect(error.facts['logTail']).toEqual(expect.arrayContaining(['first', 'the disk is on fire']));
  });

  it('gives a container up that ends without an error: a service keeps running', async () => {
    const { error } = await outcome({ command: ['true'] });
    expect(error).toMatchObject({ code: 'swarm.exited', facts: including({ exitCode: 0 }) });
  });

  it('names a command that is not in the image', async () => {
    const { error } = await outcome({ command: ['/no/such/command'], init: false });
    expect(error).toMatchObject({
      code: 'swarm.start_failed',
      message: saying('/no/such/command'),
    });
  });

  it('tells want of memory from other exits', async () => {
    const { error } = await outcome({
      ...bench.shell(`exec perl -e '$x = "a" x 300000000; sleep 100'`),
      limits: { memoryBytes: 16 * 1024 ** 2 },
    });
    expect(error).toMatchObject({ code: 'swarm.oom', facts: including({ exitCode: 137 }) });
  });

  it('names a CPU limit no node has', async () => {
    const { error } = await outcome({ limits: { cpus: 1000 } });
    expect(error).toMatchObject({
      code: 'swarm.cpu_range',
      message: saying('Range of CPUs'),
    });
  });

  it('says that no node fits a reservation while it waits, then gives up', async () => {
    const { error, progress } = await outcome(
      { reservations: { memoryBytes: 1024 ** 5 } },
      { blockedGraceMs: 1_500 },
    );
    expect(progress).toContainEqual(saying(/^pending: no suitable node \(insufficient resources/));
    expect(error).toMatchObject({
      code: 'swarm.no_suitable_node',
      message: saying('insufficient'),
    });
  });

  it('says that no node satisfies a constraint', async () => {
    const { error } = await outcome(
      { constraints: ['node.labels.saasodoo.test==nowhere'] },
      { blockedGraceMs: 1_000 },
    );
    expect(error).toMatchObject({
      code: 'swarm.no_suitable_node',
      message: saying('constraints'),
    });
  });

  it('names a container that never gets healthy', async () => {
    const healthCheck = { test: ['CMD', 'false'], intervalMs: 500, timeoutMs: 500, retries: 2 };
    const { error } = await outcome({ healthCheck }, { withinMs: 90_000 });
    expect(error).toMatchObject({ code: 'swarm.unhealthy', message: saying('unhealthy') });
  });

  it('names a network that has no addresses left, of which Swarm says nothing', async () => {
    const labels = bench.labels('full');
    const network = await bench.swarm.networks.createOverlay({
      name: bench.name(),
      labels,
      // Not always the same: two runs on one engine would want it at once.
      subnet: `10.213.${randomInt(256)}.${8 * randomInt(32)}/29`,
    });
    const { id, revision } = await bench.swarm.services.create(
      bench.spec({ networks: [network.id], replicas: 8 }),
    );
    const wanted = { revision, replicas: 8, withinMs: WITHIN_MS, blockedGraceMs: 3_000 };
    await expect(bench.swarm.convergence.awaitConverged(id, wanted)).rejects.toMatchObject({
      code: 'swarm.address_exhausted',
    });
    await bench.swarm.services.remove(id);
    await bench.swarm.convergence.awaitGone(id, { withinMs: WITHIN_MS });
    await bench.swarm.networks.remove(network.id);
  });

  it('stops at its deadline and says what it saw last', async () => {
    const { error } = await outcome(
      { constraints: ['node.labels.saasodoo.test==nowhere'] },
      { withinMs: 1_000 },
    );
    expect(error).toMatchObject({ code: 'swarm.not_converged', retryable: true });
    expect(error.message).toContain('no suitable node');
  });

  it('stops when the service is removed, and when the caller has enough', async () => {
    const gone = await bench.swarm.services.create(bench.spec({ constraints: ['node.labels.x==nowhere'] }));
    const options = { revision: gone.revision, withinMs: WITHIN_MS };
    const waiting = bench.swarm.convergence.awaitConverged(gone.id, options);
    await bench.swarm.services.remove(gone.id);
    await expect(waiting).rejects.toMatchObject({ code: 'swarm.service_gone' });

    const controller = new AbortController();
    const stuck = await bench.swarm.services.create(bench.spec({ constraints: ['node.labels.x==nowhere'] }));
    const aborted = bench.swarm.convergence.awaitConverged(stuck.id, {
      ...options,
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
  });

  it('keeps an eye on a service that seems to run, and says why it ended', async () => {
    const { id, revision } = await bench.swarm.services.create(
      bench.spec(bench.shell('sleep 1; echo bye; exit 5')),
    );
    await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    await expect(
      bench.swarm.convergence.awaitFailure(id, { revision, maxFailures: 1 }),
    ).rejects.toMatchObject({
      code: 'swarm.exited',
      facts: including({ exitCode: 5, logTail: ['bye'] }),
    });
  });

  it('knows when a service scaled to 0 has stopped, and wakes it under a new revision', async () => {
    const { id, revision } = await bench.swarm.services.create(bench.spec());
    await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    await bench.swarm.services.scale(id, 0);
    await bench.swarm.convergence.awaitGone(id, { withinMs: WITHIN_MS });
    expect((await bench.swarm.tasks.list({ serviceId: id })).filter((task) => !isTerminal(task))).toEqual([]);
    const awake = await bench.swarm.services.scale(id, 1);
    expect(awake.revision).toBe(revision + 1);
    const task = await bench.swarm.convergence.awaitConverged(id, { ...awake, withinMs: WITHIN_MS });
    expect(task.revision).toBe(awake.revision);
  });

  it('sees the tasks that outlive their service, until the last one ends', async () => {
    const spec = bench.spec();
    const { id, revision } = await bench.swarm.services.create(spec);
    const { id: taskId } = await bench.swarm.convergence.awaitConverged(id, {
      revision,
      withinMs: WITHIN_MS,
    });
    await bench.swarm.services.remove(id);
    const left = await bench.swarm.tasks.list({ serviceId: id, labels: spec.labels });
    expect(await bench.swarm.tasks.withLabels(spec.labels)).toEqual(left);
    expect(left.map((task) => task.id)).toContain(taskId);
    await bench.swarm.convergence.awaitGone(id, { withinMs: WITHIN_MS, labels: spec.labels });
    const after = await bench.swarm.tasks.list({ serviceId: id });
    expect(after.filter((task) => !isTerminal(task))).toEqual([]);
  });
});
