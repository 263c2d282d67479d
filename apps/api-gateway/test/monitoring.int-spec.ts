import { InstanceObserved } from '@saasodoo/contracts';
import { OBSERVATION_CHANNEL, ObservationRepository } from '@saasodoo/instances/data-access';
import type { NewObservation } from '@saasodoo/instances/domain';
import { until } from '@saasodoo/kernel';
import { EventTap, Outbox } from '@saasodoo/messaging';
import { DatabaseSession, runInTransaction } from '@saasodoo/persistence';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import type { HealthResponse } from '../src/app/monitoring/health.response';
import type { HistoryResponse } from '../src/app/monitoring/history.response';
import type { LogLineResponse } from '../src/app/monitoring/log-line.response';
import type { ServiceListResponse } from '../src/app/monitoring/service-list.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { EventReader } from './event-reader';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { json, MonitorStandIn } from './monitor-stand-in';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let monitor: MonitorStandIn;
let ada: ApiClient;
let bob: ApiClient;
let observations: ObservationRepository;

beforeAll(async () => {
  monitor = await MonitorStandIn.start();
  const ground = { database: await freshDatabase(), broker: await freshVhost() };
  gateway = await startGateway(ground, monitor.environment);
  observations = new ObservationRepository(gateway.dataSource);
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
  const tap = gateway.app.get(EventTap);
  await until(
    () => Promise.resolve(tap.listening || undefined),
    () => new Error('the tap is deaf'),
    { withinMs: 20_000 },
  );
}, 240_000);

afterAll(async () => {
  monitor.close();
  // fetch opens a connection in reserve beside a stream; one that was never used does not count as idle.
  gateway.app.getHttpServer().closeAllConnections();
  await gateway.close();
});

/** Stands in for the monitor: stores what it saw, and tells of it or not. */
async function observe(
  instanceId: string,
  change: Partial<NewObservation> = {},
  tell: 'and tells' | 'silently' = 'and tells',
): Promise<number> {
  const outbox = gateway.app.get(Outbox);
  const observedAt = new Date();
  const sequence = await runInTransaction(gateway.dataSource, async (em) => {
    const seen: NewObservation = {
      instanceId,
      healthy: 'true',
      reason: 'Serving',
      message: 'Odoo runs and answers.',
      failures: 0,
      secretPresent: true,
      networkPresent: true,
      observedAt,
      ...change,
    };
    const [recorded] = await observations.record(em, { startedAt: observedAt, changed: [seen] });
    if (recorded === undefined) return 0;
    const { healthy, reason, message } = recorded;
    const payload = { instance_id: instanceId, sequence: recorded.sequence, healthy, reason, message };
    if (tell === 'and tells') await outbox.append(em, InstanceObserved, payload, { subject: instanceId });
    return recorded.sequence;
  });
  outbox.wake();
  return sequence;
}

const get = async <T>(client: ApiClient, path: string) => accepted<T>(await client.get(path), 200);

describe('what was seen of an instance', () => {
  it('says so when nobody has looked', async () => {
    const { id } = await ada.createInstance();
    expect(await get<HealthResponse>(ada, `/instance/instances/${id}/health`)).toMatchObject({
      instance_id: id,
      healthy: 'unknown',
      reason: 'NotObserved',
      observed_at: null,
      stale: true,
    });
  });

  it('shows it by instance, by service, in the list and among the conditions', async () => {
    const { id } = await ada.createInstance();
    const task = { id: 't1', state: 'running', since: new Date() };
    await observe(id, { task, usage: { cpuPercent: 12.5, memoryBytes: 4_096 }, httpStatus: 200 });
    const health = await get<HealthResponse>(ada, `/instance/instances/${id}/health`);
    expect(health).toMatchObject({
      healthy: 'true',
      reason: 'Serving',
      task: { id: 't1', state: 'running' },
      usage: { cpu_percent: 12.5, memory_bytes: 4_096 },
      http_status: 200,
      service: null,
      stale: false,
    });
    const byService = `/instance/monitoring/services/${health.service_name}/health`;
    expect(await get<HealthResponse>(ada, byService)).toEqual(health);
    const { services, total } = await get<ServiceListResponse>(ada, '/instance/monitoring/services');
    expect(services).toHaveLength(total);
    expect(services).toContainEqual(health);
    const { conditions } = await get<InstanceResponse>(ada, `/instance/instances/${id}`);
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'healthy', status: 'true' }));
  });

  it('pages through its history, newest first', async () => {
    const { id } = await ada.createInstance();
    await observe(id);
    await observe(id, { healthy: 'false', reason: 'NoTask' });
    await observe(id);
    const page = (number: number) =>
      get<HistoryResponse>(ada, `/instance/instances/${id}/history?page=${number}&page_size=2`);
    const [first, second] = [await page(1), await page(2)];
    expect(first).toMatchObject({ total: 3, page: 1, page_size: 2 });
    expect([...first.changes, ...second.changes].map(({ reason }) => reason)).toEqual([
      'Serving',
      'NoTask',
      'Serving',
    ]);
    expect(refusedFields(await ada.get(`/instance/instances/${id}/history?page=0`))).toEqual([
      'page field.range',
    ]);
  });

  it('hides it from others', async () => {
    const { id, service_name: service } = await ada.createInstance();
    await observe(id);
    const paths = [
      ...['health', 'history', 'diagnosis', 'logs'].map((what) => `/instance/instances/${id}/${what}`),
      ...['health', 'status'].map((what) => `/instance/monitoring/services/${service}/${what}`),
    ];
    for (const path of paths) expect((await bob.get(path)).status).toBe(404);
    expect((await bob.post(`/instance/monitoring/services/${service}/sync`)).status).toBe(404);
    expect((await gateway.client.get(paths[0] ?? '')).status).toBe(401);
    const { services } = await get<ServiceListResponse>(bob, '/instance/monitoring/services');
    expect(services).toEqual([]);
  });
});

describe('what only the engine knows', () => {
  it('is asked of the monitor', async () => {
    const { id, service_name: service } = await ada.createInstance();
    const answers: Record<string, object> = {
      [`/internal/instances/${id}/diagnosis`]: { code: 'node.down', summary: 'The node is down.' },
      [`/internal/services/${service}`]: { name: service, tasks: [{ state: 'running' }] },
    };
    monitor.answer = ({ url }, response) => json(response, 200, answers[url ?? ''] ?? {});
    expect(await get(ada, `/instance/instances/${id}/diagnosis`)).toEqual(
      answers[`/internal/instances/${id}/diagnosis`],
    );
    expect(await get(ada, `/instance/monitoring/services/${service}/status`)).toMatchObject({
      tasks: [{ state: 'running' }],
    });
  });

  it('hands its refusals on, and hides what went wrong inside', async () => {
    const { id, service_name: service } = await ada.createInstance();
    monitor.answer = (_request, response) =>
      json(response, 404, { code: 'service.not_found', message: 'there is no service', hint: 'Redeploy.' });
    const refused = await ada.get(`/instance/monitoring/services/${service}/status`);
    expect(problemOf(refused)).toMatchObject({ status: 404, code: 'service.not_found', hint: 'Redeploy.' });
    monitor.answer = (_request, response) => json(response, 500, { code: 'internal', message: 'secret' });
    const failed = await ada.get(`/instance/instances/${id}/diagnosis`);
    expect(problemOf(failed)).toMatchObject({ status: 503, code: 'monitor.unreachable' });
    expect(failed.text).not.toContain('secret');
    monitor.answer = ({ socket }) => socket.destroy();
    expect(problemOf(await ada.get(`/instance/instances/${id}/logs`))).toMatchObject({
      status: 503,
      code: 'monitor.unreachable',
    });
  });

  it('reads logs as a list', async () => {
    const { id } = await ada.createInstance();
    const line = { time: '2026-01-01T00:00:00.000Z', stream: 'stdout', text: 'ä "x"', task_id: 't1' };
    monitor.answer = (_request, response) => response.end(`${JSON.stringify(line)}\n`.repeat(3));
    const path = `/instance/instances/${id}/logs?tail=3&since=2026-01-01T00:00:00Z`;
    expect(await get<LogLineResponse[]>(ada, path)).toEqual([line, line, line]);
    expect(monitor.asked.at(-1)).toBe(
      `/internal/instances/${id}/logs?tail=3&follow=false&since=2026-01-01T00%3A00%3A00.000Z`,
    );
    expect(refusedFields(await ada.get(`/instance/instances/${id}/logs?tail=-1`))).toEqual([
      'tail field.range',
    ]);
    expect(refusedFields(await ada.get(`/instance/instances/${id}/logs?tial=1`))).toEqual([
      'tial field.unknown',
    ]);
  });

  it('follows logs as they are written, and lets go of the monitor when the reader leaves', async () => {
    const { id } = await ada.createInstance();
    let left: Promise<unknown> = Promise.resolve();
    let write = (_text: string): void => undefined;
    monitor.answer = (_request, response) => {
      left = new Promise((resolve) => response.once('close', resolve));
      write = (text) =>
        void response.write(
          `${JSON.stringify({ time: new Date().toISOString(), stream: 'stdout', text, task_id: null })}\n`,
        );
      write('first');
    };
    const reader = await EventReader.open(ada, `/instance/instances/${id}/logs?follow=true`);
    expect(reader.contentType).toContain('text/event-stream');
    expect(await reader.next()).toMatchObject({ event: 'log', data: { text: 'first' } });
    write('second');
    expect(await reader.next()).toMatchObject({ event: 'log', data: { text: 'second' } });
    reader.close();
    await left;
  });
});

describe('POST /instance/monitoring/services/{service_name}/sync', () => {
  it('answers what is seen after the question', async () => {
    const { id, service_name: service } = await ada.createInstance();
    const session = await DatabaseSession.open(gateway.dataSource, 'monitor');
    let passes = 0;
    await session.listen(OBSERVATION_CHANNEL, () => {
      passes += 1;
      void observe(id, { healthy: 'false', reason: passes === 1 ? 'Before' : 'After' }, 'silently');
    });
    const answer = await ada.post(`/instance/monitoring/services/${service}/sync`);
    expect(accepted<HealthResponse>(answer, 200)).toMatchObject({ instance_id: id, reason: 'After' });
    await session.close();
  });

  it('says so when nobody looks', async () => {
    const { service_name: service } = await ada.createInstance();
    const answer = await ada.post(`/instance/monitoring/services/${service}/sync`);
    expect(problemOf(answer)).toMatchObject({ status: 503, code: 'monitor.unreachable' });
  });
});

describe('GET /instance/events', () => {
  it('tells changes of health and progress of operations as they happen, of nobody else', async () => {
    const [mine, foreign] = [await ada.createInstance(), await bob.createInstance()];
    const reader = await EventReader.open(ada, '/instance/events');
    const position = await reader.next();
    await observe(foreign.id);
    const sequence = await observe(mine.id, { healthy: 'false', reason: 'OutOfMemory' });
    expect(await reader.of('health')).toMatchObject({
      id: String(sequence),
      data: { instance_id: mine.id, sequence, status: 'false', reason: 'OutOfMemory' },
    });
    expect(Number(position?.id)).toBeLessThan(sequence);
    await gateway.dataSource.query(
      `UPDATE operation SET status = 'running', sequence = sequence + 1 WHERE instance_id = $1`,
      [mine.id],
    );
    expect(await reader.of('operation')).toMatchObject({
      id: undefined,
      data: { instance_id: mine.id, status: 'running' },
    });
    reader.close();
  });

  it('goes on where somebody left, with nothing missed and nothing twice', async () => {
    const { id } = await ada.createInstance();
    const reasons = ['NoTask', 'TaskFailed', 'NodeDown', 'NoService'];
    const sequences: number[] = [];
    for (const reason of reasons) sequences.push(await observe(id, { healthy: 'false', reason }, 'silently'));
    const reader = await EventReader.open(ada, '/instance/events', {
      'last-event-id': String(sequences[0]),
    });
    const told = [];
    for (let count = 0; count < 3; count += 1) told.push((await reader.of('health'))?.id);
    expect(told).toEqual(sequences.slice(1).map(String));
    reader.close();
  });

  it('tells what nobody has woken it for', async () => {
    const { id } = await ada.createInstance();
    const reader = await EventReader.open(ada, '/instance/events');
    await reader.next();
    const sequence = await observe(id, {}, 'silently');
    expect((await reader.of('health'))?.id).toBe(String(sequence));
    reader.close();
  });

  it('has room for so many of a customer', async () => {
    const eve = await gateway.client.newCustomer();
    const readers = [];
    for (let count = 0; count < 20; count += 1) readers.push(await EventReader.open(eve, '/instance/events'));
    expect(problemOf(await eve.get('/instance/events'))).toMatchObject({
      status: 429,
      code: 'operation_watch.too_many',
    });
    readers.forEach((reader) => reader.close());
  });

  it('ends when the gateway stops', async () => {
    const other = await startGateway({ database: await freshDatabase(), broker: await freshVhost() });
    const zoe = await other.client.newCustomer();
    const reader = await EventReader.open(zoe, '/instance/events');
    await reader.next();
    const ended = reader.next();
    await other.app.getHttpAdapter().close();
    expect(await ended).toBeUndefined();
    await other.close();
  });
});
