import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_DOCKER_HOST } from '../connection/docker-host';
import { connectSwarm, type Swarm } from '../swarm';
import { SwarmTestBench } from '../swarm-test-bench';
import { including } from '../test-matchers';
import { type SwarmChange, type SwarmEvent } from './swarm-event';

/** A door to the real engine that can be shut. */
class Door {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(readonly path: string) {}

  async open(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(DEFAULT_DOCKER_HOST);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          near.destroy();
          far.destroy();
          this.sockets.delete(socket);
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => void this.server?.listen(this.path, resolve));
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => void this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

describe('the events of a real Swarm', () => {
  let bench: SwarmTestBench;
  let end: AbortController;

  beforeAll(async () => {
    bench = await SwarmTestBench.open();
  });

  beforeEach(() => {
    end = new AbortController();
  });

  afterEach(() => end.abort());

  afterAll(async () => {
    await bench.close();
  }, 90_000);

  type Events = AsyncGenerator<SwarmEvent, void, undefined>;

  const next = async (events: Events): Promise<SwarmEvent | undefined> => {
    const { value, done } = await events.next();
    return done === true ? undefined : value;
  };

  const nextChange = async (events: Events, fits: (change: SwarmChange) => boolean): Promise<SwarmChange> => {
    for (;;) {
      const event = await next(events);
      if (event === undefined) throw new Error('the watch ended');
      if (event.kind !== 'resync' && fits(event)) return event;
    }
  };

  /** Others use the Swarm too: passes over what they do. */
  const nextResync = async (events: Events): Promise<void> => {
    for (;;) {
      const event = await next(events);
      if (event === undefined) throw new Error('the watch ended');
      if (event.kind === 'resync') return;
    }
  };

  it('tells which container of which instance died, and how', async () => {
    const events = bench.swarm.events.watch({ signal: end.signal });
    expect(await next(events)).toEqual({ kind: 'resync' });
    const name = bench.name();
    const spec = bench.spec({
      name,
      containerLabels: bench.labels(name),
      ...bench.shell('sleep 0.5; exit 7'),
    });
    const { id } = await bench.swarm.services.create(spec);
    expect(await nextChange(events, (one) => one.serviceId === id)).toMatchObject({
      kind: 'service',
      action: 'create',
      id,
      name,
    });
    const death = await nextChange(events, (one) => one.serviceId === id && one.action === 'die');
    expect(death).toMatchObject({ kind: 'container', instanceId: name, exitCode: 7 });
    const tasks = await bench.swarm.tasks.list({ serviceId: id });
    expect(tasks).toContainEqual(including({ id: death.taskId, containerId: death.id }));
    await bench.swarm.services.scale(id, 0);
    await nextChange(events, (one) => one.id === id && one.attributes['replicas.new'] === '0');
  });

  it('tells of secrets, and of what happened before it began', async () => {
    const since = new Date();
    const secret = await bench.swarm.secrets.create({
      name: bench.name(),
      labels: bench.labels('s'),
      data: 'x',
    });
    const events = bench.swarm.events.watch({ signal: end.signal, since });
    const made = await nextChange(events, (one) => one.kind === 'secret' && one.id === secret.id);
    expect(made).toMatchObject({ action: 'create', id: secret.id, name: secret.name });
    expect(made.time.getTime()).toBeGreaterThanOrEqual(since.getTime());
  });

  it('ends with the signal, without an error, also while it waits', async () => {
    const events = bench.swarm.events.watch({ signal: end.signal });
    await next(events);
    const last = nextChange(events, () => false);
    end.abort();
    await expect(last).rejects.toThrow('the watch ended');
    expect(await next(bench.swarm.events.watch({ signal: end.signal }))).toBeUndefined();
  });

  describe('when its stream breaks', () => {
    let folder: string;
    let door: Door;
    let swarm: Swarm;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'swarm-events-'));
      door = new Door(join(folder, 'docker.sock'));
      await door.open();
      swarm = await connectSwarm({ host: door.path });
    });

    afterEach(async () => {
      end.abort();
      swarm.close();
      await door.shut();
      await rm(folder, { recursive: true });
    });

    it('comes back, says that it was away, and tells what it missed, once', async () => {
      const broken = jest.fn();
      const events = swarm.events.watch({ signal: end.signal, onBroken: broken });
      expect(await next(events)).toEqual({ kind: 'resync' });
      const first = await bench.swarm.services.create(bench.spec({ replicas: 0 }));
      await nextChange(events, (one) => one.id === first.id);
      const waiting = nextResync(events);
      await door.shut();
      const second = await bench.swarm.services.create(bench.spec({ replicas: 0 }));
      await door.open();
      await waiting;
      const seen: string[] = [];
      await nextChange(events, (one) => {
        if (one.action === 'create') seen.push(one.id);
        return one.id === second.id;
      });
      expect(seen).not.toContain(first.id);
      expect(broken).toHaveBeenCalledWith(including({ retryable: true }));
    });

    it('ends with the signal while the engine is away', async () => {
      const events = swarm.events.watch({ signal: end.signal, onBroken: () => end.abort() });
      await next(events);
      const waiting = nextResync(events);
      const ended = expect(waiting).rejects.toThrow('the watch ended');
      await door.shut();
      await ended;
      await door.open();
    });
  });
});
