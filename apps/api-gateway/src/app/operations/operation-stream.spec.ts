import type { Operation } from '@saasodoo/operations/domain';
import { operationStream } from './operation-stream';

const OPEN = new AbortController().signal;

const operation = (sequence: number): Operation => ({
  id: '0199c2a1-0000-7000-8000-000000000001',
  instanceId: '0199c2a1-0000-7000-8000-000000000002',
  customerId: '0199c2a1-0000-7000-8000-000000000003',
  kind: 'create',
  status: 'running',
  generation: 1,
  attempt: 1,
  sequence,
  input: {},
  correlationId: 'test',
  createdAt: new Date(0),
  steps: [],
});

describe('operationStream', () => {
  it('tells of every state, and ends with them', async () => {
    async function* changes(): AsyncGenerator<Operation> {
      yield* [operation(1), operation(2)];
      await Promise.resolve();
    }
    const told: string[] = [];
    for await (const text of operationStream(changes, OPEN)) told.push(/^id: \d/m.exec(text)?.[0] ?? '');
    expect(told).toEqual(['', 'id: 1', 'id: 2']);
  });

  it('lets go of what it watches when nobody reads on', async () => {
    let left = false;
    async function* changes(stop: AbortSignal): AsyncGenerator<Operation> {
      try {
        yield operation(1);
        await new Promise((resolve) => stop.addEventListener('abort', resolve));
      } finally {
        left = true;
      }
    }
    const stream = operationStream(changes, OPEN);
    await stream.next();
    await stream.next();
    await stream.return(undefined);
    expect(left).toBe(true);
  });

  it('ends when the connection closes while nothing happens', async () => {
    async function* changes(stop: AbortSignal): AsyncGenerator<Operation> {
      yield operation(1);
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
    }
    const connection = new AbortController();
    const stream = operationStream(changes, connection.signal);
    await stream.next();
    await stream.next();
    const last = stream.next();
    connection.abort();
    await expect(last).resolves.toEqual({ done: true, value: undefined });
  });
});
