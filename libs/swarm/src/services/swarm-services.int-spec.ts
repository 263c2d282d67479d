import { SwarmTestBench } from '../swarm-test-bench';
import { anyText, saying } from '../test-matchers';

describe('the services of a real Swarm', () => {
  let bench: SwarmTestBench;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  /** A service that never gets a task: most of what services can do needs none. */
  const idle = (name = bench.name()): ReturnType<SwarmTestBench['spec']> => bench.spec({ name, replicas: 0 });

  it('creates a service as specified, and says so when asked', async () => {
    const spec = bench.spec({
      replicas: 0,
      revision: 7,
      limits: { cpus: 0.5, memoryBytes: 64 * 1024 ** 2, pids: 64 },
      capabilitiesDrop: ['ALL'],
      readOnly: true,
      user: '1000:1000',
      mounts: [{ type: 'tmpfs', target: '/tmp', sizeBytes: 1024 ** 2 }],
      healthCheck: { test: ['CMD', 'true'], intervalMs: 5_000, timeoutMs: 1_000, retries: 3 },
      constraints: ['node.role==manager'],
      maxReplicasPerNode: 1,
      stopSignal: 'SIGINT',
    });
    const ref = await bench.swarm.services.create(spec);
    expect(ref).toEqual({
      id: anyText(),
      name: spec.name,
      revision: 7,
      fingerprint: saying(/^[0-9a-f]{32}$/),
      adopted: false,
      dropped: [],
    });
    expect(await bench.swarm.services.get(ref.id)).toMatchObject({
      id: ref.id,
      name: spec.name,
      labels: spec.labels,
      image: spec.image,
      replicas: 0,
      revision: 7,
      fingerprint: ref.fingerprint,
      endpointMode: 'dnsrr',
      networkIds: [bench.networkId],
      secretNames: [],
      bindSources: [],
      limits: { cpus: 0.5, memoryBytes: 64 * 1024 ** 2 },
      reservations: { cpus: 0, memoryBytes: 0 },
      constraints: ['node.role==manager'],
    });
  });

  it('reports what this engine leaves out of the spec', async () => {
    const { dropped } = await bench.swarm.services.create({ ...idle(), noNewPrivileges: true });
    const expected = bench.swarm.capabilities.noNewPrivileges
      ? []
      : ['TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges'];
    expect(dropped).toEqual(expected);
  });

  it('takes over its own service when asked to create it again', async () => {
    const spec = idle();
    const first = await bench.swarm.services.create(spec);
    expect(await bench.swarm.services.create(spec)).toEqual({ ...first, adopted: true });
  });

  it('creates one service when eight create it at once', async () => {
    const spec = idle();
    const refs = await Promise.all(
      Array.from({ length: 8 }, async () => await bench.swarm.services.create(spec)),
    );
    expect(new Set(refs.map((ref) => ref.id)).size).toBe(1);
    expect(refs.filter((ref) => !ref.adopted)).toHaveLength(1);
  });

  it("refuses a name that is somebody else's", async () => {
    const spec = idle();
    await bench.swarm.services.create(spec);
    await expect(
      bench.swarm.services.create({ ...spec, labels: bench.labels('another-instance') }),
    ).rejects.toMatchObject({ code: 'swarm.name_taken', retryable: false, httpStatus: 409 });
  });

  it('says that a create was aborted only when its outcome is known', async () => {
    const attempts = await Promise.all(
      [1, 2, 4, 8, 16].map(async (abortAfterMs) => {
        const { name, ...spec } = idle();
        const signal = AbortSignal.timeout(abortAfterMs);
        const created = await bench.swarm.services
          .create({ name, ...spec }, { signal })
          .catch(() => undefined);
        return { name, created, found: await bench.swarm.services.getByName(name) };
      }),
    );
    // Whatever was still on its way would have taken effect before a create that was asked for after it.
    await bench.swarm.services.create(idle());
    for (const { name, created, found } of attempts) {
      if (created !== undefined) expect(found?.id).toBe(created.id);
      expect((await bench.swarm.services.getByName(name))?.id).toBe(found?.id);
    }
  });

  it('tells a name from a name that begins with it', async () => {
    const long = await bench.swarm.services.create(idle(`${bench.run}-acme-2`));
    expect(await bench.swarm.services.getByName(`${bench.run}-acme`)).toBeUndefined();
    const short = await bench.swarm.services.create(idle(`${bench.run}-acme`));
    expect((await bench.swarm.services.getByName(`${bench.run}-acme`))?.id).toBe(short.id);
    expect((await bench.swarm.services.getByName(`${bench.run}-acme-2`))?.id).toBe(long.id);
  });

  it('finds by label, and does not choose between two', async () => {
    const spec = idle();
    const { id } = await bench.swarm.services.create(spec);
    expect((await bench.swarm.services.getByLabel('saasodoo.instance.id', spec.name))?.id).toBe(id);
    expect(await bench.swarm.services.getByLabel('saasodoo.instance.id', 'nobody')).toBeUndefined();
    await bench.swarm.services.create({ ...idle(), labels: spec.labels });
    await expect(bench.swarm.services.getByLabel('saasodoo.instance.id', spec.name)).rejects.toMatchObject({
      code: 'swarm.ambiguous_label',
    });
    expect(await bench.swarm.services.list({ labels: spec.labels })).toHaveLength(2);
  });

  it('removes a service, and minds not when it is gone', async () => {
    const { id } = await bench.swarm.services.create(idle());
    await bench.swarm.services.remove(id);
    await bench.swarm.services.remove(id);
    expect(await bench.swarm.services.get(id)).toBeUndefined();
  });

  it('acts on whole ids only', async () => {
    const { id, name } = await bench.swarm.services.create(idle());
    await expect(bench.swarm.services.remove(id.slice(0, 12))).rejects.toMatchObject({
      code: 'swarm.id_malformed',
    });
    await expect(bench.swarm.services.get(name)).rejects.toMatchObject({ code: 'swarm.id_malformed' });
    expect(await bench.swarm.services.get(id)).toBeDefined();
  });

  it("refuses what Swarm refuses, with the engine's words", async () => {
    await expect(bench.swarm.services.create(idle('a'.repeat(64)))).rejects.toMatchObject({
      code: 'swarm.name_malformed',
    });
    await expect(
      bench.swarm.services.create({ ...idle(), networks: ['a'.repeat(25)] }),
    ).rejects.toMatchObject({
      code: saying(/^swarm\.(network_missing|not_found)$/),
      retryable: false,
    });
    await expect(
      bench.swarm.services.create({ ...idle(), constraints: ['node.role=manager'] }),
    ).rejects.toMatchObject({ code: 'swarm.invalid', retryable: false });
    await expect(
      bench.swarm.services.create({ ...idle(), limits: { memoryBytes: 1024 } }),
    ).rejects.toMatchObject({ code: 'swarm.invalid', message: saying('4MiB') });
    expect(await bench.swarm.services.getByName('a'.repeat(64))).toBeUndefined();
  });

  it('keeps the changes of ten concurrent writers', async () => {
    const { id } = await bench.swarm.services.create(idle());
    const writers = Array.from({ length: 10 }, (_, index) => `writer.${index}`);
    await Promise.all(
      writers.map(async (label) => await bench.swarm.services.updateLabels(id, { [label]: 'was here' })),
    );
    const labels = (await bench.swarm.services.get(id))?.labels ?? {};
    expect(writers.filter((label) => labels[label] === 'was here')).toEqual(writers);
  });

  it('removes a label given as null and writes nothing when nothing changes', async () => {
    const { id } = await bench.swarm.services.create(idle());
    await bench.swarm.services.updateLabels(id, { a: '1', b: '2' });
    await bench.swarm.services.updateLabels(id, { a: null });
    const before = await bench.swarm.services.get(id);
    expect(before?.labels).toEqual({ ...before?.labels, b: '2' });
    expect(before?.labels).not.toHaveProperty('a');
    await bench.swarm.services.updateLabels(id, { b: '2' });
    expect((await bench.swarm.services.get(id))?.updatedAt).toEqual(before?.updatedAt);
  });

  it('changes one limit and keeps the others, under a new revision', async () => {
    const { id } = await bench.swarm.services.create({
      ...idle(),
      limits: { cpus: 0.5, memoryBytes: 64 * 1024 ** 2, pids: 64 },
    });
    const { revision } = await bench.swarm.services.updateResources(id, { limits: { cpus: 1 } });
    expect(revision).toBe(2);
    const same = await bench.swarm.services.updateResources(id, {
      limits: { cpus: 1 },
      reservations: { cpus: 0 },
    });
    expect(same.revision).toBe(2);
    let limits: unknown;
    await bench.swarm.services.update(id, ({ TaskTemplate: { Resources } }) => {
      limits = Resources?.Limits;
    });
    expect(limits).toEqual({ NanoCPUs: 1e9, MemoryBytes: 64 * 1024 ** 2, Pids: 64 });
  });

  it('keeps its fingerprint through revisions, labels and replicas, and loses it with its environment', async () => {
    const { id, fingerprint } = await bench.swarm.services.create(idle());
    const { services } = bench.swarm;
    expect((await services.updateLabels(id, { a: '1' })).fingerprint).toBe(fingerprint);
    expect((await services.forceUpdate(id)).fingerprint).toBe(fingerprint);
    const changed = await services.update(id, ({ TaskTemplate: { ContainerSpec: container } }) => {
      container['Env'] = ['BY=hand'];
    });
    expect(changed.fingerprint).not.toBe(fingerprint);
    expect((await services.get(id))?.fingerprint).toBe(changed.fingerprint);
  });

  it('brings a service to the whole of a spec, whatever was changed by hand', async () => {
    const spec = { ...idle(), environment: { HOST: 'postgres' }, limits: { cpus: 0.5 } };
    const { id, revision, fingerprint } = await bench.swarm.services.create(spec);
    await bench.swarm.services.update(id, (edited) => {
      edited.Labels = { ...edited.Labels, 'by.hand': 'yes', 'saasodoo.generation': '9' };
      edited.TaskTemplate.ContainerSpec['Env'] = [];
      edited.TaskTemplate.Resources = {};
      edited['EndpointSpec'] = { Mode: 'vip' };
      edited['UpdateConfig'] = { Order: 'start-first', Parallelism: 2 };
    });
    const applied = await bench.swarm.services.apply(id, spec);
    expect(applied).toEqual({ id, name: spec.name, revision: revision + 1, replicas: 0, fingerprint });
    expect((await bench.swarm.services.get(id))?.labels).toEqual(spec.labels);
    await bench.swarm.services.update(id, (found) => {
      expect(found['UpdateConfig']).toMatchObject({ Order: 'stop-first', Parallelism: 1 });
    });
  });

  it('begins a new revision even when nothing differs, and every one of five at once gets its own', async () => {
    const spec = idle();
    const { id } = await bench.swarm.services.create(spec);
    const applied = await Promise.all(
      Array.from({ length: 5 }, async () => await bench.swarm.services.apply(id, spec)),
    );
    expect(applied.map((one) => one.revision).sort()).toEqual([2, 3, 4, 5, 6]);
    expect((await bench.swarm.services.apply(id, spec, { replicas: 2 })).replicas).toBe(2);
    await bench.swarm.services.scale(id, 0);
  });
});
