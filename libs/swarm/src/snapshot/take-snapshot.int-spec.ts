import { DockerConnection } from '../connection/docker-connection';
import { Swarm } from '../swarm';
import { SwarmTestBench } from '../swarm-test-bench';

const WITHIN_MS = 40_000;

describe('a snapshot of a real Swarm', () => {
  let bench: SwarmTestBench;
  let connection: DockerConnection;
  let swarm: Swarm;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
    connection = await DockerConnection.open();
    swarm = new Swarm(connection);
  });

  afterAll(async () => {
    swarm.close();
    await bench.close();
  }, 90_000);

  const labels = () => ({ 'saasodoo.test': bench.run });

  it('holds services with their tasks and secrets, nodes and networks', async () => {
    const secret = await bench.swarm.secrets.create({ name: bench.name(), labels: labels(), data: 'hidden' });
    const { id, revision } = await bench.swarm.services.create(bench.spec());
    const task = await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    const before = new Date();
    const snapshot = await swarm.snapshot({ labels: labels() });
    expect(snapshot.takenAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(snapshot.services).toEqual([await bench.swarm.services.get(id)]);
    expect(snapshot.tasks.map((one) => one.id)).toEqual([task.id]);
    expect(snapshot.secretNames).toEqual(new Set([secret.name]));
    expect(snapshot.nodes).toEqual(await bench.swarm.nodes.list());
    expect(snapshot.networks.map((network) => network.id)).toContain(bench.networkId);
  });

  it('takes as many calls with ten services as with one', async () => {
    const calls = jest.spyOn(connection, 'call');
    const callsFor = async (): Promise<number> => {
      calls.mockClear();
      await swarm.snapshot({ labels: labels() });
      return calls.mock.calls.length;
    };
    await bench.swarm.services.create(bench.spec({ replicas: 0 }));
    const few = await callsFor();
    const nine = Array.from({ length: 9 }, () => bench.spec({ replicas: 0 }));
    await Promise.all(nine.map(async (spec) => await bench.swarm.services.create(spec)));
    expect((await swarm.snapshot({ labels: labels() })).services.length).toBeGreaterThanOrEqual(10);
    expect(await callsFor()).toBe(few);
    expect(few).toBe(5);
  });

  it('ends with the signal', async () => {
    await expect(swarm.snapshot({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
