import type { NewObservation } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { runInTransaction } from '@saasodoo/persistence';
import { freshDatabase, newInstance, schemaDrift, type TestDatabase } from '@saasodoo/testing';
import { InstanceEntity } from './instance.entity';
import { InstanceRepository } from './instance.repository';
import { ObservationRepository } from './observation.repository';
import { TaskLogRepository } from './task-log.repository';
import { WatchedInstanceRepository } from './watched-instance.repository';

jest.setTimeout(120_000);

describe('ObservationRepository', () => {
  let database: TestDatabase;
  let instances: InstanceRepository;
  let observations: ObservationRepository;
  let clock = Date.parse('2026-01-01T00:00:00Z');

  beforeAll(async () => {
    database = await freshDatabase({ entities: [InstanceEntity] });
    instances = new InstanceRepository(database.dataSource);
    observations = new ObservationRepository(database.dataSource);
  });

  afterAll(() => database.close());

  /** Each look is a second later than the one before. */
  const next = () => new Date((clock += 1_000));

  const insert = async (customerId = newId()) =>
    runInTransaction(database.dataSource, (em) => instances.insert(em, newInstance({ customerId })));

  const seen = (instanceId: string, change: Partial<NewObservation> = {}): NewObservation => ({
    instanceId,
    healthy: 'true',
    reason: 'Serving',
    message: 'Odoo answers.',
    failures: 0,
    secretPresent: true,
    networkPresent: true,
    observedAt: new Date(clock),
    ...change,
  });

  const record = (changed: readonly NewObservation[], startedAt = next()) =>
    runInTransaction(database.dataSource, (em) => observations.record(em, { startedAt, changed }));

  it('agrees with the entities', async () => {
    expect(await schemaDrift(database.dataSource)).toEqual([]);
  });

  it('stores everything that was seen and answers it', async () => {
    const { id } = await insert();
    const observation = seen(id, {
      service: { id: 's1', replicas: 1, fingerprint: 'f', createdAt: new Date(clock - 60_000) },
      task: { id: 't1', state: 'running', nodeId: 'n1', containerId: 'c1', since: new Date(clock - 30_000) },
      usage: { cpuPercent: 12.5, memoryBytes: 2 ** 33 },
      failures: 2,
      probedAt: new Date(clock - 500),
      httpStatus: 200,
    });
    await record([observation]);
    expect(await observations.find(id)).toEqual({
      ...observation,
      since: observation.observedAt,
      observedAt: new Date(clock),
    });
    expect(await observations.find(newId())).toBeUndefined();
  });

  it('says that an unchanged row is still true as of the last pass', async () => {
    const { id } = await insert();
    await record([seen(id)]);
    const pass = next();
    await record([], pass);
    expect(await observations.find(id)).toMatchObject({ observedAt: pass });
    expect(await observations.lastPass()).toEqual(pass);
    expect((await observations.list([id, newId()])).map(({ observedAt }) => observedAt)).toEqual([pass]);
  });

  it('keeps since and writes no history while health and reason stay', async () => {
    const { id } = await insert();
    await record([seen(id)]);
    const first = await observations.find(id);
    expect(await record([seen(id, { message: 'still', failures: 1, observedAt: next() })])).toEqual([]);
    expect(await observations.find(id)).toMatchObject({
      since: first?.since,
      message: 'still',
      failures: 1,
    });
    expect((await observations.history(id, { page: 1, pageSize: 10 })).total).toBe(1);
  });

  it('numbers every change of health or reason and says what was before', async () => {
    const { id } = await insert();
    const [first] = await record([seen(id)]);
    const [second] = await record([
      seen(id, { healthy: 'false', reason: 'OutOfMemory', observedAt: next() }),
    ]);
    const [third] = await record([seen(id, { healthy: 'false', reason: 'CrashLoop', observedAt: next() })]);
    expect([first, second, third].map((change) => change?.previous)).toEqual([undefined, 'true', 'false']);
    const { changes, total } = await observations.history(id, { page: 1, pageSize: 2 });
    expect(total).toBe(3);
    expect(changes).toMatchObject([
      { sequence: third?.sequence, status: 'false', reason: 'CrashLoop', type: 'healthy' },
      { sequence: second?.sequence, status: 'false', reason: 'OutOfMemory' },
    ]);
    expect(await observations.lastSequence()).toBe(third?.sequence);
  });

  it('looks through times of not knowing for what was before', async () => {
    const { id } = await insert();
    const going = ['unknown', 'false', 'unknown', 'unknown', 'true'] as const;
    const told = [];
    for (const [index, healthy] of going.entries()) {
      const [change] = await record([
        seen(id, { healthy, reason: `R${'x'.repeat(index)}`, observedAt: next() }),
      ]);
      told.push(change?.previous);
    }
    expect(told).toEqual([undefined, undefined, 'false', 'false', 'false']);
  });

  it('replays what a customer has missed, of their instances alone', async () => {
    const customerId = newId();
    const [one, two, foreign] = [await insert(customerId), await insert(customerId), await insert()];
    const [first] = await record([seen(one.id)]);
    await record([seen(two.id), seen(foreign.id)]);
    await record([seen(one.id, { healthy: 'false', reason: 'NoTask', observedAt: next() })]);
    const missed = await observations.changesAfter(customerId, first?.sequence ?? 0, 10);
    expect(missed.map(({ instanceId, reason }) => [instanceId, reason])).toEqual([
      [two.id, 'Serving'],
      [one.id, 'NoTask'],
    ]);
  });

  it('refuses a pass that began before the last one, and keeps nothing of it', async () => {
    const { id } = await insert();
    const early = next();
    await record([], next());
    await expect(record([seen(id)], early)).rejects.toMatchObject({ code: 'observation.outdated' });
    expect(await observations.find(id)).toBeUndefined();
  });

  it('shows the health of an instance among its conditions', async () => {
    const { id, customerId } = await insert();
    expect((await instances.get(id)).conditions).toEqual([]);
    await record([seen(id, { healthy: 'false', reason: 'NoService', message: 'gone' })]);
    const healthy = {
      type: 'healthy',
      status: 'false',
      reason: 'NoService',
      message: 'gone',
      since: new Date(clock - 1_000),
    };
    expect((await instances.get(id)).conditions).toEqual([healthy]);
    const { instances: listed } = await instances.list({ customerId, page: 1, pageSize: 10 });
    expect(listed[0]?.conditions).toEqual([healthy]);
  });

  it('watches every instance until its end is noted, and says what changes it', async () => {
    const watched = new WatchedInstanceRepository(database.dataSource);
    const { id } = await insert();
    const find = async () => (await watched.list()).find((one) => one.id === id);
    expect(await find()).toMatchObject({ status: 'creating', desiredState: 'running' });
    await database.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, status, correlation_id)
       VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'create', 1, 'running', 'test')`,
      [id],
    );
    expect(await find()).toMatchObject({ underway: 'create' });
    await record([seen(id)]);
    await database.dataSource.query(`UPDATE instance SET status = 'terminated' WHERE id = $1`, [id]);
    expect(await find()).toMatchObject({ status: 'terminated' });
    await record([seen(id, { healthy: 'unknown', reason: 'Terminated', observedAt: next() })]);
    expect(await find()).toBeUndefined();
    expect(await watched.some([id])).toHaveLength(1);
  });

  it('keeps what a task wrote, once', async () => {
    const { id } = await insert();
    const logs = new TaskLogRepository(database.dataSource);
    const log = {
      taskId: newId(),
      instanceId: id,
      endedAt: next(),
      exitCode: 137,
      error: 'task: non-zero exit (137)',
      lines: [{ time: next(), stream: 'stderr' as const, text: 'Killed "here"' }],
    };
    await logs.add(database.dataSource.manager, log);
    await logs.add(database.dataSource.manager, { ...log, lines: [] });
    expect(await logs.ofInstance(id, 5)).toEqual([log]);
    expect(await logs.known([log.taskId, 'other'])).toEqual(new Set([log.taskId]));
  });
});
