import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type ServiceRef } from '../services/swarm-service';
import { connectSwarm } from '../swarm';
import { SwarmTestBench } from '../swarm-test-bench';
import { type SwarmTask } from '../tasks/swarm-task';
import { type LogLine } from './log-line';

const WITHIN_MS = 40_000;
const MIB = 1024 ** 2;
const LINE = 'x'.repeat(1_000);
const BODY = Buffer.from(`2026-11-23T21:00:00.123456789Z ${LINE}\n`);
const FRAME = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, BODY.length >> 8, BODY.length & 255]), BODY]);

describe('following logs on a real Swarm', () => {
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

  type Lines = AsyncGenerator<LogLine, void, undefined>;

  const run = async (script: string): Promise<{ readonly ref: ServiceRef; readonly task: SwarmTask }> => {
    const ref = await bench.swarm.services.create(bench.spec(bench.shell(script)));
    const { id, revision } = ref;
    const task = await bench.swarm.convergence.awaitConverged(id, { revision, withinMs: WITHIN_MS });
    return { ref, task };
  };

  const next = async (lines: Lines): Promise<LogLine | undefined> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };

  const texts = async (lines: Lines): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line.text);
    return all;
  };

  /** Returns when the engine has the line: what is followed later begins after it. */
  const written = async ({ id }: ServiceRef, text: string): Promise<void> => {
    const following = new AbortController();
    for await (const line of bench.swarm.services.followLogs(id, { signal: following.signal })) {
      if (line.text === text) following.abort();
    }
  };

  it('hands out lines of a task and of the one after it, and tells them apart', async () => {
    const { ref, task } = await run('echo begin; echo trouble >&2; exec sleep 1000');
    const lines = bench.swarm.services.followLogs(ref.id, { details: true, signal: end.signal });
    const first = [await next(lines), await next(lines)];
    expect(first).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', text: 'begin', taskId: task.id, nodeId: task.nodeId }),
        expect.objectContaining({ stream: 'stderr', text: 'trouble', taskId: task.id, nodeId: task.nodeId }),
      ]),
    );
    const { revision } = await bench.swarm.services.forceUpdate(ref.id);
    const options = { revision, withinMs: WITHIN_MS };
    const second = await bench.swarm.convergence.awaitConverged(ref.id, options);
    expect(await next(lines)).toMatchObject({ taskId: second.id });
  });

  it('ends with the signal, without an error, also of a service that writes nothing', async () => {
    const { ref } = await run('exec sleep 1000');
    const waiting = next(bench.swarm.services.followLogs(ref.id, { signal: end.signal }));
    end.abort();
    expect(await waiting).toBeUndefined();
  });

  it('ends when the service is gone, which the engine would not', async () => {
    const { ref } = await run('echo begin; exec sleep 1000');
    const lines = bench.swarm.services.followLogs(ref.id);
    expect((await next(lines))?.text).toBe('begin');
    await bench.swarm.services.remove(ref.id);
    expect(await texts(lines)).toEqual([]);
  });

  it('ends with the last line of a task that ended', async () => {
    const { task } = await run('echo begin; sleep 2; echo end; exit 1');
    expect(await texts(bench.swarm.tasks.followLogs(task.id))).toEqual(['begin', 'end']);
  });

  it('ends after a silence', async () => {
    const { ref } = await run('echo begin; exec sleep 1000');
    await written(ref, 'begin');
    expect(await texts(bench.swarm.services.followLogs(ref.id, { idleMs: 1_000 }))).toEqual(['begin']);
  });

  it('begins where it is told', async () => {
    const { ref } = await run('for i in 1 2 3 4 5; do echo $i; done; exec sleep 1000');
    await written(ref, '5');
    const options = { idleMs: 1_000, tail: 2 };
    expect(await texts(bench.swarm.services.followLogs(ref.id, options))).toEqual(['4', '5']);
    const since = new Date(Date.now() + 60_000);
    expect(await texts(bench.swarm.services.followLogs(ref.id, { idleMs: 500, since }))).toEqual([]);
  });

  it('reads no faster than lines are taken', async () => {
    const most = 256 * MIB;
    let sent = 0;
    const server = createServer((request, response) => {
      if (request.url === '/version')
        return void response.end('{"ApiVersion":"1.41","MinAPIVersion":"1.12"}');
      if (!request.url?.includes('/logs')) return void response.end('{}');
      const write = (): void => {
        while (sent < most && response.write(FRAME)) sent += FRAME.length;
      };
      response.on('drain', write);
      write();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const swarm = await connectSwarm({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const lines = swarm.services.followLogs('a'.repeat(25), { signal: end.signal });
    for (let taken = 0; taken < 5_000; taken += 1) expect((await next(lines))?.text).toBe(LINE);
    expect(sent).toBeLessThan(most / 4);
    end.abort();
    swarm.close();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  it('says that a service or task is unknown', async () => {
    const id = 'a'.repeat(25);
    await expect(next(bench.swarm.services.followLogs(id))).rejects.toMatchObject({
      code: 'swarm.not_found',
    });
    await expect(next(bench.swarm.tasks.followLogs(id))).rejects.toMatchObject({ code: 'swarm.not_found' });
  });
});
