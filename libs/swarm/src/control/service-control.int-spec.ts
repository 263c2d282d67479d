import { until } from '@saasodoo/kernel';
import { type ServiceHealth } from '../health/service-health';
import { type ServiceSpec } from '../services/service-spec';
import { SwarmTestBench } from '../swarm-test-bench';
import { isTerminal, type SwarmTask } from '../tasks/swarm-task';
import { including, saying } from '../test-matchers';
import { type ServiceControl } from './service-control';

const WITHIN_MS = 60_000;
const MIB = 1024 ** 2;

describe('services of a real Swarm by name', () => {
  let bench: SwarmTestBench;
  let control: ServiceControl;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
    control = bench.swarm.control;
  });

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  const create = async (
    overrides: Partial<ServiceSpec> = {},
  ): Promise<{ readonly id: string; readonly name: string }> => {
    const { id, name } = await bench.swarm.services.create(bench.spec(overrides));
    return { id, name };
  };

  const started = async (
    overrides: Partial<ServiceSpec> = {},
  ): Promise<{ readonly id: string; readonly name: string; readonly task: SwarmTask }> => {
    const { id, name } = await create(overrides);
    return { id, name, task: await control.startService(name, { withinMs: WITHIN_MS }) };
  };

  const tasksOf = async (id: string): Promise<SwarmTask[]> => await bench.swarm.tasks.list({ serviceId: id });

  /** Whether the engine, not Swarm, has a process for it. */
  const breathes = async ({ containerId = '' }: SwarmTask): Promise<boolean> =>
    (await bench.swarm.tasks.usage(containerId)) !== undefined;

  it('finds services by name and by label, and knows none of another name', async () => {
    const { id, name } = await create({ replicas: 0 });
    expect(await control.getService(name)).toMatchObject({ id, name });
    expect(await control.getServiceByLabel('saasodoo.instance.id', name)).toMatchObject({ id });
    expect(await control.getServiceByLabel('saasodoo.instance.id', 'nobody')).toBeUndefined();
    const unknown = { code: 'swarm.service_unknown', httpStatus: 404, retryable: false };
    const nobody = `${name}-nobody`;
    await expect(control.getService(nobody)).rejects.toMatchObject(unknown);
    await expect(control.getServiceStatus(nobody)).rejects.toMatchObject(unknown);
    await expect(control.startService(nobody)).rejects.toMatchObject(unknown);
    await expect(control.stopService(nobody)).rejects.toMatchObject(unknown);
    await expect(control.restartService(nobody)).rejects.toMatchObject(unknown);
    await expect(control.getServiceLogs(nobody)).rejects.toMatchObject(unknown);
    await expect(control.updateServiceResources(nobody, { cpus: 1 })).rejects.toMatchObject(unknown);
    expect(await control.serviceHealthCheck(nobody)).toMatchObject({ healthy: false, reason: 'NoService' });
  });

  it('lists the services of instances, without their jobs', async () => {
    const labels = (instance: string) => ({ ...bench.labels(instance), 'saasodoo.managed': 'true' });
    const ours = await create({ replicas: 0, labels: labels('listed') });
    const job = await create({ replicas: 0, labels: { ...labels('listed'), 'saasodoo.job.id': 'job' } });
    const { id: foreign } = await create({ replicas: 0, labels: { 'saasodoo.test': bench.run } });
    const listed = (await control.listSaasodooServices()).map((service) => service.id);
    expect(listed).toContain(ours.id);
    expect(listed).not.toContain(job.id);
    expect(listed).not.toContain(foreign);
  });

  it('starts a service, and waits for one that is started already without changing it', async () => {
    const { id, name } = await create({ replicas: 0 });
    expect(await control.getServiceStatus(name)).toMatchObject({ desired: 0, running: 0, tasks: [] });
    const progress = jest.fn();
    const task = await control.startService(name, { withinMs: WITHIN_MS, onProgress: progress });
    expect(task).toMatchObject({ serviceId: id, state: 'running', revision: 2 });
    expect(progress).toHaveBeenCalled();
    expect(await control.startService(name, { withinMs: WITHIN_MS })).toMatchObject({ id: task.id });
    expect(await control.getServiceStatus(name)).toMatchObject({
      service: { id, replicas: 1, revision: 2 },
      desired: 1,
      running: 1,
      tasks: [{ id: task.id, desiredState: 'running', state: 'running' }],
    });
  });

  it('stops a service, and returns when its process has ended', async () => {
    const { id, name, task } = await started(bench.shell('trap "sleep 1; exit 0" TERM; sleep 1000 & wait'));
    expect(await breathes(task)).toBe(true);
    await control.stopService(name, { withinMs: WITHIN_MS });
    expect(await breathes(task)).toBe(false);
    expect((await tasksOf(id)).filter((one) => !isTerminal(one))).toEqual([]);
    expect(await control.getServiceStatus(name)).toMatchObject({ desired: 0, running: 0 });
    await control.stopService(name, { withinMs: WITHIN_MS });
  });

  it('never runs two containers of a service that is stopped and started at once', async () => {
    const { id, name, task } = await started(bench.shell('trap "sleep 1; exit 0" TERM; sleep 1000 & wait'));
    const end = new AbortController();
    const events = bench.swarm.events.watch({ signal: end.signal });
    await events.next();
    await bench.swarm.services.scale(id, 0);
    const next = await control.startService(name, { withinMs: WITHIN_MS });
    expect(next.id).not.toBe(task.id);
    const seen: string[] = [];
    for await (const event of events) {
      if (event.kind !== 'container' || event.serviceId !== id) continue;
      if (event.action === 'start' || event.action === 'die') seen.push(`${event.action} ${event.taskId}`);
      if (event.action === 'start') end.abort();
    }
    expect(seen).toEqual([`die ${task.id}`, `start ${next.id}`]);
  });

  it('restarts a service, and never answers with the task it had', async () => {
    const { id, name, task } = await started();
    let last = task;
    for (let round = 0; round < 2; round += 1) {
      const next = await control.restartService(name, { withinMs: WITHIN_MS });
      expect(next).toMatchObject({ state: 'running', revision: last.revision + 1 });
      expect(next.id).not.toBe(last.id);
      expect(await breathes(last)).toBe(false);
      last = next;
    }
    expect((await tasksOf(id)).filter((one) => !isTerminal(one)).map((one) => one.id)).toEqual([last.id]);
  });

  it('restarts none that is stopped', async () => {
    const { id, name } = await create({ replicas: 0 });
    await expect(control.restartService(name)).rejects.toMatchObject({
      code: 'swarm.service_stopped',
      httpStatus: 409,
    });
    expect(await control.getService(name)).toMatchObject({ id, replicas: 0, revision: 1 });
  });

  it('changes labels without a restart', async () => {
    const { id, name, task } = await started();
    const { revision } = await bench.swarm.services.updateLabels(id, { 'saasodoo.generation': '2' });
    const options = { revision, withinMs: WITHIN_MS, stableMs: 1_000 };
    expect(await bench.swarm.convergence.awaitConverged(id, options)).toMatchObject({ id: task.id });
    expect(await tasksOf(id)).toHaveLength(1);
    expect((await control.getService(name)).labels).toMatchObject({ 'saasodoo.generation': '2' });
  });

  it('changes limits of a service that runs, and waits for its new task', async () => {
    const { id, name, task } = await started({ limits: { cpus: 1, memoryBytes: 64 * MIB } });
    const next = await control.updateServiceResources(
      name,
      { memoryBytes: 96 * MIB },
      { withinMs: WITHIN_MS },
    );
    expect(next?.id).not.toBe(task.id);
    expect((await control.getService(name)).limits).toEqual({ cpus: 1, memoryBytes: 96 * MIB });
    const usage = await bench.swarm.tasks.usage(next?.containerId ?? '');
    expect(usage?.memoryLimitBytes).toBe(96 * MIB);
    const same = await control.updateServiceResources(
      name,
      { memoryBytes: 96 * MIB },
      { withinMs: WITHIN_MS },
    );
    expect(same?.id).toBe(next?.id);
    expect((await tasksOf(id)).filter((one) => !isTerminal(one))).toHaveLength(1);
  });

  it('changes limits of a service that is stopped, and lets it be', async () => {
    const { id, name } = await create({ replicas: 0 });
    expect(await control.updateServiceResources(name, { cpus: 0.5 })).toBeUndefined();
    expect(await control.getService(name)).toMatchObject({
      replicas: 0,
      limits: { cpus: 0.5, memoryBytes: 0 },
    });
    expect(await tasksOf(id)).toEqual([]);
  });

  it('says why a service cannot be started', async () => {
    const { name } = await create({ replicas: 0, image: 'saasodoo/no-such-image:none' });
    await expect(control.startService(name, { withinMs: WITHIN_MS })).rejects.toMatchObject({
      code: 'swarm.image_unavailable',
    });
  });

  it('undoes by apply what was done by hand, with a new task', async () => {
    const spec = bench.spec({
      ...bench.shell('echo "$HOST"; exec sleep 1000'),
      environment: { HOST: 'right' },
    });
    const { id, fingerprint } = await bench.swarm.services.create(spec);
    const before = await control.startService(spec.name, { withinMs: WITHIN_MS });
    await bench.swarm.services.update(id, ({ TaskTemplate: { ContainerSpec: container } }) => {
      container['Env'] = ['HOST=wrong'];
    });
    const applied = await bench.swarm.services.apply(id, spec);
    expect(applied).toMatchObject({ fingerprint, replicas: 1 });
    const task = await bench.swarm.convergence.awaitConverged(id, {
      ...applied,
      withinMs: WITHIN_MS,
      stableMs: 500,
    });
    expect(task.id).not.toBe(before.id);
    expect((await bench.swarm.tasks.logs(task.id)).map((line) => line.text)).toEqual(['right']);
    expect((await control.getServiceLogs(spec.name)).at(-1)?.text).toBe('right');
  });

  describe('whose health is checked', () => {
    const healthOf = async (name: string, wanted: ServiceHealth['reason']): Promise<ServiceHealth> => {
      let last: ServiceHealth | undefined;
      return await until(
        async () => {
          last = await control.serviceHealthCheck(name);
          return last.reason === wanted ? last : undefined;
        },
        () => new Error(`${name} is not ${wanted} but ${last?.reason}: ${last?.message}`),
        { withinMs: WITHIN_MS },
      );
    };

    it('settles, and then is healthy', async () => {
      const { name, task } = await started();
      expect(['Settling', 'Running']).toContain((await control.serviceHealthCheck(name)).reason);
      expect(await healthOf(name, 'Running')).toMatchObject({
        healthy: true,
        task: { id: task.id },
        failures: [],
      });
      await control.stopService(name, { withinMs: WITHIN_MS });
      expect(await control.serviceHealthCheck(name)).toMatchObject({ healthy: false, reason: 'NoTask' });
    });

    it('fails, in the words of Docker', async () => {
      const { name } = await create(bench.shell('exit 3'));
      const { message, failures } = await healthOf(name, 'TaskFailed');
      expect(message).toMatch(/non-zero exit \(3\)/);
      expect(failures).toContainEqual(including({ state: 'failed', exitCode: 3 }));
    });

    it('is rejected', async () => {
      const { name } = await create({ image: 'saasodoo/no-such-image:none' });
      expect((await healthOf(name, 'TaskRejected')).message).toContain('No such image');
    });

    it('waits for a node', async () => {
      const { name } = await create({ constraints: ['node.labels.saasodoo.test==nowhere'] });
      expect((await healthOf(name, 'TaskPending')).message).toEqual(saying('no suitable node'));
    });

    it('runs out of memory', async () => {
      const { name } = await create({
        ...bench.shell(`exec perl -e '$x = "a" x 300000000; sleep 100'`),
        limits: { memoryBytes: 16 * MIB },
      });
      expect((await healthOf(name, 'OutOfMemory')).message).toContain('memory');
    });
  });
});
