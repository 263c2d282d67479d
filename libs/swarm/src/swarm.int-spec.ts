import { Test } from '@nestjs/testing';
import { ServiceControl } from './control/service-control';
import { SwarmEvents } from './events/swarm-events';
import { SwarmJobs } from './jobs/swarm-jobs';
import { SwarmServices } from './services/swarm-services';
import { Swarm } from './swarm';
import { SwarmTestBench } from './swarm-test-bench';
import { SwarmModule } from './swarm.module';

const WITHIN_MS = 40_000;

describe('secrets, networks, nodes and logs of a real Swarm', () => {
  let bench: SwarmTestBench;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  jest.setTimeout(90_000);

  it('creates a secret once, and refuses a name of another owner', async () => {
    const secret = { name: bench.name(), labels: bench.labels('one'), data: 'hidden' };
    const first = await bench.swarm.secrets.create(secret);
    expect(await bench.swarm.secrets.create(secret)).toEqual(first);
    expect(await bench.swarm.secrets.list({ labels: secret.labels })).toEqual([first]);
    await expect(
      bench.swarm.secrets.create({ ...secret, labels: bench.labels('another') }),
    ).rejects.toMatchObject({ code: 'swarm.name_taken' });
    await bench.swarm.secrets.remove(first.id);
    await bench.swarm.secrets.remove(first.id);
    expect(await bench.swarm.secrets.getByName(secret.name)).toBeUndefined();
  });

  it('hands a secret to a container as a file of its user, and keeps it while it is used', async () => {
    const secret = await bench.swarm.secrets.create({
      name: bench.name(),
      labels: bench.labels('two'),
      data: 'hidden',
    });
    const spec = bench.spec({
      ...bench.shell('stat -c "%u %g %a" /run/secrets/word; cat /run/secrets/word; echo; exec sleep 1000'),
      secrets: [
        { secretId: secret.id, secretName: secret.name, target: 'word', uid: '101', gid: '102', mode: 0o440 },
      ],
    });
    const { id, revision } = await bench.swarm.services.create(spec);
    const task = await bench.swarm.convergence.awaitConverged(id, {
      revision,
      withinMs: WITHIN_MS,
      stableMs: 500,
    });
    const lines = await bench.swarm.tasks.logs(task.id);
    expect(lines.map((line) => line.text)).toEqual(['101 102 440', 'hidden']);
    await expect(bench.swarm.secrets.remove(secret.id)).rejects.toMatchObject({
      code: 'swarm.in_use',
      retryable: true,
    });
  });

  it('reads logs of both streams with their time, the last ones only', async () => {
    const { id, revision } = await bench.swarm.services.create(
      bench.spec(bench.shell('echo out; sleep 0.1; echo err >&2; sleep 0.1; echo end; exec sleep 1000')),
    );
    await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS, stableMs: 1_000 });
    const lines = await bench.swarm.services.logs(id);
    expect(lines.map(({ stream, text }) => ({ stream, text }))).toEqual([
      { stream: 'stdout', text: 'out' },
      { stream: 'stderr', text: 'err' },
      { stream: 'stdout', text: 'end' },
    ]);
    expect(lines.every((line) => line.time instanceof Date)).toBe(true);
    expect((await bench.swarm.services.logs(id, { tail: 1 })).map((line) => line.text)).toEqual(['end']);
    const since = new Date((lines[1]?.time?.getTime() ?? 0) + 1);
    expect((await bench.swarm.services.logs(id, { since })).map((line) => line.text)).toEqual(['end']);
  });

  it('resolves a network by its whole name and counts its addresses', async () => {
    expect(await bench.swarm.networks.resolve('saasodoo-network')).toBe(bench.networkId);
    await expect(bench.swarm.networks.resolve('saasodoo-net')).rejects.toMatchObject({
      code: 'swarm.network_missing',
    });
    const capacity = await bench.swarm.networks.capacity(bench.networkId);
    expect(capacity.used).toBeGreaterThan(0);
    expect(capacity.usable).toBeGreaterThan(capacity.used);
  });

  it('creates an overlay network once, and removes it when no service needs it', async () => {
    const network = { name: bench.name(), labels: bench.labels('net'), subnet: '10.213.7.0/28' };
    const first = await bench.swarm.networks.createOverlay(network);
    expect(first).toMatchObject({ name: network.name, subnets: ['10.213.7.0/28'], attachable: true });
    expect(await bench.swarm.networks.createOverlay(network)).toEqual(first);
    await expect(
      bench.swarm.networks.createOverlay({ ...network, labels: bench.labels('another') }),
    ).rejects.toMatchObject({ code: 'swarm.name_taken' });
    const { id } = await bench.swarm.services.create(bench.spec({ replicas: 0, networks: [first.id] }));
    await expect(bench.swarm.networks.remove(first.id)).rejects.toMatchObject({ code: 'swarm.in_use' });
    await bench.swarm.services.remove(id);
    await bench.swarm.networks.remove(first.id);
    await bench.swarm.networks.remove(first.id);
    expect(await bench.swarm.networks.getByName(network.name)).toBeUndefined();
  });

  it('runs services with a virtual IP too', async () => {
    const { id, revision } = await bench.swarm.services.create(bench.spec({ endpointMode: 'vip' }));
    await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    expect(await bench.swarm.services.get(id)).toMatchObject({ endpointMode: 'vip' });
  });

  it('is injected part by part into a Nest application, and closed with it', async () => {
    const imports = [SwarmModule.forRootAsync({ useFactory: () => ({ host: '/var/run/docker.sock' }) })];
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    expect(
      (await app.get(SwarmServices).list({ labels: { 'saasodoo.test': bench.run } })).length,
    ).toBeGreaterThan(0);
    expect(app.get(SwarmJobs)).toBe(app.get(Swarm).jobs);
    expect(app.get(ServiceControl)).toBe(app.get(Swarm).control);
    expect(app.get(SwarmEvents)).toBe(app.get(Swarm).events);
    const close = jest.spyOn(app.get(Swarm), 'close');
    await app.close();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('says whether a reservation and constraints fit a node', async () => {
    const [node] = await bench.swarm.nodes.list();
    expect(node).toMatchObject({ role: 'manager', state: 'ready', availability: 'active' });
    expect(await bench.swarm.nodes.fits({ memoryBytes: 1024 ** 2 }, ['node.role==manager'])).toMatchObject({
      fits: true,
      nodeIds: [node?.id],
    });
    expect((await bench.swarm.nodes.fits({ memoryBytes: 1024 ** 5 })).fits).toBe(false);
    expect((await bench.swarm.nodes.fits({}, ['node.labels.x==nowhere'])).fits).toBe(false);
  });
});
