import { InstanceEntity } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost, newInstance, startPostgres, testLabels } from '@saasodoo/testing';
import { JanitorWorld } from './janitor-world';

jest.setTimeout(240_000);

describe('housekeeping', () => {
  let world: JanitorWorld;
  let instanceId: string;
  let customerId: string;

  beforeEach(async () => {
    world = await JanitorWorld.open({
      database: await freshDatabase({ entities: [InstanceEntity] }),
      broker: await freshVhost(),
      tenantServerUrl: (await startPostgres()).url,
      newInstance,
      labels: testLabels,
    });
    ({ id: instanceId, customerId } = await world.instance());
    await world.start();
  });

  afterEach(() => world.close());

  const texts = async (statement: string): Promise<string[]> => {
    const rows: { text: string }[] = await world.dataSource.query(statement);
    return rows.map(({ text }) => text).sort();
  };

  it('forgets messages that were sent and handled long ago, and none that is still on its way', async () => {
    const [settled, unsettled] = [newId(), newId()];
    const sent = (id: string, type: string, days: number, settledAt: string) =>
      world.dataSource.query(
        `INSERT INTO outbox_archive (message_id, type, subject, exchange, routing_key, consumers, payload, headers,
           created_at, published_at, settled_at)
         VALUES ($1, $2, '', '', '', '{nobody}', '{}', '{}', now(), now() - make_interval(days => $3), ${settledAt})`,
        [id, type, days],
      );
    const handled = (id: string, type: string, days: number, status: string) =>
      world.dataSource.query(
        `INSERT INTO inbox (consumer, message_id, type, subject, payload, headers, status, done_at)
         VALUES ('app', $1, $2, '', '{}', '{}', $4, now() - make_interval(days => $3))`,
        [id, type, days, status],
      );
    await sent(settled, 'old', 15, 'now()');
    await sent(newId(), 'new', 13, 'now()');
    await sent(unsettled, 'old, unsettled', 100, 'NULL');
    await handled(settled, 'old', 15, 'done');
    await handled(unsettled, 'old, may come again', 100, 'done');
    await handled(newId(), 'new', 13, 'done');
    await handled(newId(), 'old, parked', 100, 'parked');
    await handled(newId(), 'old, ready', 100, 'ready');
    const { counts } = await world.run();
    expect(counts.pruned).toMatchObject({ outbox_archive: 1, inbox: 1 });
    expect(await texts('SELECT type AS text FROM outbox_archive')).toEqual(['new', 'old, unsettled']);
    expect(await texts('SELECT type AS text FROM inbox')).toEqual([
      'new',
      'old, may come again',
      'old, parked',
      'old, ready',
    ]);
  });

  it('forgets operations that ended long ago, but the newest of an instance', async () => {
    const { id: other } = await world.instance();
    const operation = async (of: string, days: number, status: string): Promise<string> => {
      const id = newId();
      await world.dataSource.query(
        `INSERT INTO operation (id, instance_id, customer_id, kind, generation, correlation_id, status, ended_at)
         VALUES ($1, $2, $3, 'start', 1, 'test', $4, now() - make_interval(days => $5))`,
        [id, of, customerId, status, days],
      );
      await world.dataSource.query(
        `INSERT INTO operation_step (operation_id, position, name) VALUES ($1, 1, 'only')`,
        [id],
      );
      return id;
    };
    await operation(instanceId, 100, 'succeeded');
    await operation(instanceId, 91, 'failed');
    const young = await operation(instanceId, 89, 'cancelled');
    const open = await operation(instanceId, 100, 'queued');
    const newest = await operation(other, 100, 'succeeded');
    expect((await world.run()).counts.pruned).toMatchObject({ operation: 2 });
    const left = [young, open, newest].sort();
    expect(await texts('SELECT id AS text FROM operation')).toEqual(left);
    expect(await texts('SELECT operation_id AS text FROM operation_step')).toEqual(left);
  });

  it('forgets sessions and answers that have expired', async () => {
    await world.dataSource.query(
      `INSERT INTO customer (id, email, password_hash, first_name, last_name)
       VALUES ($1, 'you@example.com', '', '', '')`,
      [customerId],
    );
    for (const [id, expires] of [
      [newId(), '-1 second'],
      [newId(), '1 hour'],
    ]) {
      await world.dataSource.query(
        `INSERT INTO refresh_token_family (id, customer_id, expires_at) VALUES ($1, $2, now() + $3::interval)`,
        [id, customerId, expires],
      );
      await world.dataSource.query(
        `INSERT INTO refresh_token (hash, family_id) VALUES (decode($2, 'escape'), $1)`,
        [id, expires],
      );
    }
    await world.dataSource.query(
      `INSERT INTO idempotency_key (scope, key, fingerprint, created_at)
       VALUES ('a', 'old', '', now() - interval '25 hours'), ('a', 'new', '', now() - interval '23 hours')`,
    );
    expect((await world.run()).counts.pruned).toMatchObject({ refresh_token_family: 1, idempotency_key: 1 });
    expect(await texts(`SELECT encode(hash, 'escape') AS text FROM refresh_token`)).toEqual(['1 hour']);
    expect(await texts('SELECT key AS text FROM idempotency_key')).toEqual(['new']);
  });

  it('forgets history, tombstones and its own reports, and keeps the last report', async () => {
    await world.dataSource.query(
      `INSERT INTO condition_history (instance_id, type, status, reason, message, happened_at)
       SELECT $1, 'ready', 'true', days::text, '', now() - make_interval(days => days)
       FROM unnest('{40,31,29}'::int[]) AS days`,
      [instanceId],
    );
    await world.dataSource.query(
      `INSERT INTO task_log (task_id, instance_id, ended_at, error, lines)
       SELECT days::text, $1, now() - make_interval(days => days), '', '[]' FROM unnest('{31,29}'::int[]) AS days`,
      [instanceId],
    );
    await world.dataSource.query(
      `INSERT INTO tombstone (id, kind, thing_id, name, labels, reason, found_at, deleted_at)
       SELECT gen_random_uuid(), 'secret', days::text, days::text, '{}', '', now() - interval '1 year',
         now() - make_interval(days => days) FROM unnest('{91,89}'::int[]) AS days`,
    );
    await world.dataSource.query(
      `INSERT INTO janitor_run (id, started_at, ended_at, dry_run, counts, findings)
       SELECT gen_random_uuid(), now() - make_interval(days => days), now(), false, '{}', '[]'
       FROM unnest('{50,40}'::int[]) AS days`,
    );
    expect((await world.run()).counts.pruned).toMatchObject({
      condition_history: 2,
      task_log: 1,
      tombstone: 1,
      janitor_run: 1,
    });
    expect(await texts('SELECT reason AS text FROM condition_history')).toEqual(['29']);
    expect(await texts('SELECT name AS text FROM tombstone')).toEqual(['89']);
    expect((await world.run()).counts.pruned).toMatchObject({ janitor_run: 1 });
  });

  it('works through a backlog in batches', async () => {
    await world.dataSource.query(
      `INSERT INTO idempotency_key (scope, key, fingerprint, created_at)
       SELECT 'a', n::text, '', now() - interval '2 days' FROM generate_series(1, 1234) AS n`,
    );
    expect((await world.run()).counts.pruned).toMatchObject({ idempotency_key: 1234 });
  });

  it('goes on with the rest when one table cannot be pruned', async () => {
    await world.dataSource.query('ALTER TABLE task_log RENAME TO elsewhere');
    const { findings, counts } = await world.run();
    expect(findings).toMatchObject([{ action: 'prune', kind: 'task_log' }]);
    expect(counts.pruned).toMatchObject({ tombstone: 0 });
  });
});
