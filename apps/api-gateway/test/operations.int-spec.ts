import { request } from 'node:http';
import { OperationProgressed } from '@saasodoo/contracts';
import { until } from '@saasodoo/kernel';
import { EventTap, Outbox } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import type { OperationListResponse } from '../src/app/operations/operation-list.response';
import type { OperationResponse } from '../src/app/operations/operation.response';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground());
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
  const tap = gateway.app.get(EventTap);
  await until(
    () => Promise.resolve(tap.listening || undefined),
    () => new Error('the tap is deaf'),
    {
      withinMs: 20_000,
    },
  );
}, 240_000);
afterAll(() => gateway.close());

/** Stands in for the worker: moves the operation on, and tells of it or not. */
async function progress(id: string, status: string, tell: 'and tells' | 'silently'): Promise<void> {
  const outbox = gateway.app.get(Outbox);
  await runInTransaction(gateway.dataSource, async (em) => {
    const [[row]] = await em.query<[[{ instance_id: string; sequence: number }]]>(
      `UPDATE operation SET status = $2, sequence = sequence + 1 WHERE id = $1 RETURNING instance_id, sequence`,
      [id, status],
    );
    if (tell === 'silently') return;
    const { instance_id, sequence } = row;
    const payload = { operation_id: id, instance_id, status, sequence };
    await outbox.append(em, OperationProgressed, payload, { subject: instance_id });
  });
  outbox.wake();
}

async function newOperation(): Promise<OperationResponse> {
  const { operation } = await ada.createInstance();
  if (operation === null) throw new Error('a new instance has no operation');
  return operation;
}

describe('GET /instance/operations/{id}', () => {
  it('answers at once as it is', async () => {
    const operation = await newOperation();
    expect(accepted(await ada.get(`/instance/operations/${operation.id}`), 200)).toEqual(operation);
  });

  it.each(['and tells', 'silently'] as const)(
    'waits until it has ended, when the worker does so %s',
    async (tell) => {
      const { id } = await newOperation();
      const waiting = ada.get(`/instance/operations/${id}?wait=30s`);
      await progress(id, 'running', tell);
      await progress(id, 'succeeded', tell);
      expect(accepted(await waiting, 200)).toMatchObject({ id, status: 'succeeded', sequence: 2 });
    },
  );

  it('answers as it is when the wait is over', async () => {
    const { id } = await newOperation();
    expect(accepted(await ada.get(`/instance/operations/${id}?wait=1s`), 200)).toMatchObject({
      status: 'queued',
    });
  });

  it.each(['wait=forever', 'wait=-1', 'wait=61s', 'wait=1&wait=2', 'wiat=1s'])(
    'refuses ?%s',
    async (query) => {
      const { id } = await newOperation();
      expect(refusedFields(await ada.get(`/instance/operations/${id}?${query}`))).toHaveLength(1);
    },
  );

  it("does not show somebody else's", async () => {
    const { id } = await newOperation();
    for (const path of [id, `${id}?wait=30s`, `${id}/events`, 'nonsense']) {
      expect(problemOf(await bob.get(`/instance/operations/${path}`)).status).toBe(404);
    }
  });
});

describe('GET /instance/operations', () => {
  it("lists the customer's own, of one instance or of all", async () => {
    const { id, operation } = await bob.createInstance();
    await bob.createInstance();
    const list = async (query: string) =>
      accepted<OperationListResponse>(await bob.get(`/instance/operations${query}`), 200);
    expect(await list('')).toMatchObject({ total: 2, page: 1, page_size: 20 });
    const ofOne = await list(`?instance_id=${id}`);
    expect(ofOne.operations.map((one) => one.id)).toEqual([operation?.id]);
  });

  it("says that there is no instance when it is somebody else's", async () => {
    const { instance_id } = await newOperation();
    expect(problemOf(await bob.get(`/instance/operations?instance_id=${instance_id}`)).status).toBe(404);
    expect(problemOf(await bob.get('/instance/operations?instance_id=x')).status).toBe(404);
  });
});

describe('POST /instance/operations/{id}/cancel', () => {
  const cancel = (client: ApiClient, id: string) => client.post(`/instance/operations/${id}/cancel`);

  it('asks whoever runs a creation to undo it', async () => {
    const { id } = await newOperation();
    const answer = accepted<OperationResponse>(await cancel(ada, id), 202);
    expect(answer).toMatchObject({ id, cancel_requested_at: expect.any(String) });
    expect(accepted(await cancel(ada, id), 202)).toEqual(answer);
  });

  it('is refused for what has ended, for a termination, and for somebody else', async () => {
    const { id, instance_id } = await newOperation();
    expect(problemOf(await cancel(bob, id)).status).toBe(404);
    await progress(id, 'succeeded', 'silently');
    expect(problemOf(await cancel(ada, id))).toMatchObject({
      status: 409,
      code: 'operation.not_cancellable',
    });
    const removal = accepted<InstanceResponse>(await ada.delete(`/instance/instances/${instance_id}`), 202);
    expect((await cancel(ada, removal.operation?.id ?? '')).status).toBe(409);
  });
});

describe('GET /instance/operations/{id}/events', () => {
  it('streams every state up to the last one, with the sequence as id', async () => {
    const { id } = await newOperation();
    const stream = await EventStream.open(ada, id);
    expect(await stream.next()).toMatchObject({ id: '0', data: { id, status: 'queued' } });
    await progress(id, 'running', 'and tells');
    expect(await stream.next()).toMatchObject({ id: '1', data: { status: 'running' } });
    await progress(id, 'succeeded', 'silently');
    expect(await stream.next()).toMatchObject({ id: '2', data: { status: 'succeeded' } });
    expect(await stream.next()).toBeUndefined();
  });

  it('resumes behind Last-Event-ID', async () => {
    const { id } = await newOperation();
    await progress(id, 'running', 'silently');
    const stream = await EventStream.open(ada, id, '1');
    await progress(id, 'failed', 'and tells');
    expect(await stream.next()).toMatchObject({ id: '2', data: { status: 'failed' } });
    expect(await stream.next()).toBeUndefined();
  });

  it('answers 204 when nothing will follow, so that a browser stops to reconnect', async () => {
    const { id } = await newOperation();
    await progress(id, 'succeeded', 'silently');
    const { status } = await ada.get(`/instance/operations/${id}/events`, { 'last-event-id': '1' });
    expect(status).toBe(204);
  });

  it('shows an operation that has ended already, and ends', async () => {
    const { id } = await newOperation();
    await progress(id, 'succeeded', 'silently');
    const stream = await EventStream.open(ada, id);
    expect(await stream.next()).toMatchObject({ data: { status: 'succeeded' } });
    expect(await stream.next()).toBeUndefined();
  });

  it('ends when the gateway stops', async () => {
    const stopping = await startGateway(await ground());
    const eve = await stopping.client.newCustomer();
    const { operation } = await eve.createInstance();
    const stream = await EventStream.open(eve, operation?.id ?? '');
    await stream.next();
    await stopping.close();
    expect(await stream.next()).toBeUndefined();
  });
});

describe('watching too much', () => {
  it('is refused until a place is free again, to this customer alone', async () => {
    const eve = await gateway.client.newCustomer();
    const { operation } = await eve.createInstance();
    const id = operation?.id ?? '';
    const streams = await Promise.all(Array.from({ length: 20 }, () => EventStream.open(eve, id)));
    for (const path of [`${id}/events`, `${id}?wait=1s`]) {
      const refused = await eve.get(`/instance/operations/${path}`);
      expect(problemOf(refused)).toMatchObject({ status: 429, code: 'operation_watch.too_many' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await eve.get(`/instance/operations/${id}`)).status).toBe(200);
    expect((await ada.get(`/instance/operations/${(await newOperation()).id}?wait=1s`)).status).toBe(200);
    streams.forEach((stream) => stream.leave());
    await until(
      async () => ((await eve.get(`/instance/operations/${id}?wait=1s`)).status === 200 ? true : undefined),
      () => new Error('no place is given back'),
      { withinMs: 20_000 },
    );
  });
});

interface StreamedEvent {
  readonly id: string | undefined;
  readonly data: OperationResponse;
}

/** Reads server-sent events one by one. */
class EventStream {
  private constructor(
    private readonly blocks: AsyncIterator<string>,
    readonly leave: () => void,
  ) {}

  static open(client: ApiClient, id: string, lastEventId?: string): Promise<EventStream> {
    const headers = {
      authorization: `Bearer ${client.session?.access_token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${client.url}/instance/operations/${id}/events`, { headers }, (response) => {
        expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
        resolve(new EventStream(blocksOf(response.setEncoding('utf8')), () => outgoing.destroy()));
      });
      outgoing.on('error', reject).end();
    });
  }

  /** `undefined` when the stream has ended. */
  async next(): Promise<StreamedEvent | undefined> {
    for (;;) {
      const { value, done } = await this.blocks.next();
      if (done === true) return undefined;
      const data = /^data: (.*)$/m.exec(value)?.[1];
      if (data === undefined) continue;
      return { id: /^id: (.*)$/m.exec(value)?.[1], data: JSON.parse(data) as OperationResponse };
    }
  }
}

async function* blocksOf(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + String(chunk)).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks;
  }
}
