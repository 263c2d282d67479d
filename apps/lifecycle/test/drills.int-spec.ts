import { BackupDrillRepository, BackupRepository } from '@saasodoo/backups/data-access';
import type { BackupDrill } from '@saasodoo/backups/domain';
import { loadConfig } from '@saasodoo/bootstrap';
import { InstanceEntity, InstanceRepository, UnsettledInstances } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { Outbox, OutboxSignal } from '@saasodoo/messaging';
import { Metrics } from '@saasodoo/observability';
import { OperationEntity, OperationRepository, OperationStepEntity } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import { BackupsConfig } from '../src/app/backups/backups.config';
import { inputText } from '../src/app/backups/instance-data';
import { DrillChanges } from '../src/app/drill-backup/drill-changes';
import { DrillMetrics } from '../src/app/drill-backup/drill-metrics';
import { ScheduledDrills } from '../src/app/drill-backup/scheduled-drills';

const WHOLE = {
  'fetch-backup': { bytes: 100 },
  'restore-database': { tables: 3, rows: 20 },
  'restore-files': { count: 7, bytes: 90 },
};
const ANSWERED = { ...WHOLE, 'probe-odoo': { log: [] } };
const CANCELLED = { code: 'operation.cancelled', message: 'the operation was cancelled' };
const DAMAGED = { code: 'backup.part_damaged', message: 'not as it was written' };

describe('drills of backups', () => {
  let database: TestDatabase;
  let backups: BackupRepository;
  let drills: BackupDrillRepository;
  let instances: InstanceRepository;
  let operations: OperationRepository;
  let scheduled: ScheduledDrills;
  let changes: DrillChanges;
  let metrics: Metrics;

  beforeEach(async () => {
    database = await freshDatabase({ entities: [InstanceEntity, OperationEntity, OperationStepEntity] });
    const { dataSource } = database;
    backups = new BackupRepository(dataSource);
    drills = new BackupDrillRepository(dataSource);
    instances = new InstanceRepository(dataSource);
    operations = new OperationRepository(dataSource);
    metrics = new Metrics();
    const drillMetrics = new DrillMetrics(metrics);
    const outbox = new Outbox('test', new OutboxSignal(dataSource));
    scheduled = new ScheduledDrills(config({}), dataSource, drills, instances, operations, drillMetrics);
    changes = new DrillChanges(drills, backups, instances, outbox, drillMetrics);
  });

  afterEach(() => database.close());

  function config(change: Readonly<Record<string, string>>): BackupsConfig {
    return loadConfig(BackupsConfig, {
      CONTROL_DATABASE_URL: database.url,
      CONTROL_DATABASE_PASSWORD: 'test',
      RABBITMQ_URL: 'amqp://nobody@localhost',
      RABBITMQ_PASSWORD: 'none',
      ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      ODOO_IMAGES: '{}',
      TENANT_DATABASE_HOST: 'localhost',
      TENANT_DATABASE_PASSWORD: 'test-only',
      BACKUP_KEY: 'x'.repeat(32),
      ...change,
    });
  }

  const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    database.dataSource.query<T[]>(text, values);

  async function instance(): Promise<string> {
    const { id } = await instances.insert(database.dataSource.manager, newInstance());
    await sql(`UPDATE instance SET status = 'running', database_server = 'db' WHERE id = $1`, [id]);
    return id;
  }

  async function backup(instanceId: string, hoursAgo: number): Promise<string> {
    const { customerId, databaseName, odooVersion } = await instances.get(instanceId);
    const id = newId();
    await backups.insert({ id, kind: 'scheduled', instanceId, customerId, databaseName, odooVersion });
    const kept = { destination: 'directory', sizeBytes: 1, manifestSha256: id, manifest: {} } as never;
    await backups.complete(id, kept);
    await sql(`UPDATE backup SET completed_at = now() - make_interval(hours => $2) WHERE id = $1`, [
      ...[id, hoursAgo],
    ]);
    return id;
  }

  /** The drill that is open, as it would be once its steps have left these outputs. */
  async function openDrill(outputs: Readonly<Record<string, object>> = {}): Promise<Operation> {
    const [row] = await sql<{ id: string }>(
      `SELECT id FROM operation WHERE kind = 'drill' AND status = 'queued'`,
    );
    for (const [step, output] of Object.entries(outputs)) {
      await sql(
        `UPDATE operation_step SET status = 'done', output = $3, ended_at = now() WHERE operation_id = $1 AND name = $2`,
        [row?.id, step, JSON.stringify(output)],
      );
    }
    await sql(`UPDATE operation SET started_at = now() - interval '5 s' WHERE id = $1`, [row?.id]);
    const operation = await operations.find(row?.id ?? newId());
    if (operation === undefined) throw new Error('no drill is open');
    return operation;
  }

  async function end(
    outputs: Readonly<Record<string, object>>,
    error?: { readonly code: string; readonly message: string },
  ): Promise<string> {
    const operation = await openDrill(outputs);
    await changes.ended(database.dataSource.manager, operation, error);
    await sql(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE id = $1`, [operation.id]);
    return inputText(operation, 'backup_id');
  }

  /** So much time has passed since the last one. */
  async function later(hours: number): Promise<void> {
    for (const part of ['result', 'put_off']) {
      await sql(
        `UPDATE backup SET drill = jsonb_set(drill, ARRAY[$1, 'at'],
           to_jsonb((drill -> $1 ->> 'at')::timestamptz - make_interval(hours => $2))) WHERE drill ? $1`,
        [part, hours],
      );
    }
  }

  const drillOf = async (id: string): Promise<BackupDrill | undefined> => (await backups.get(id)).drill;

  const events = async (): Promise<string[]> =>
    (
      await sql<{ type: string }>(
        `SELECT type FROM outbox WHERE type LIKE 'instance.backup_drill%' OR type LIKE 'platform%' ORDER BY type`,
      )
    ).map(({ type }) => type);

  test('come one at a time, to the newest backup of each instance, then to the others', async () => {
    const [one, other] = [await instance(), await instance()];
    const made = [await backup(one, 100), await backup(one, 30), await backup(other, 40)];
    const [older, newest, others] = made;
    const drilled: string[] = [];
    while (drilled.length < 4) {
      expect(await scheduled.openDue()).toBe(1);
      expect(await scheduled.openDue()).toBe(0);
      drilled.push(await end(ANSWERED));
      expect(await scheduled.openDue()).toBe(0);
      await later(24);
    }
    expect(new Set(drilled.slice(0, 2))).toEqual(new Set([newest, others]));
    expect(drilled.slice(2)).toEqual([older, drilled[0]]);
  });

  test('are not made of young backups, nor where none are wanted, nor of what is busy or gone', async () => {
    const id = await instance();
    await backup(id, 23);
    expect(await scheduled.openDue()).toBe(0);
    await backup(id, 25);
    const { dataSource } = database;
    const none = config({ BACKUP_DRILL_EVERY_HOURS: '0' });
    const never = new ScheduledDrills(
      none,
      dataSource,
      drills,
      instances,
      operations,
      new DrillMetrics(metrics),
    );
    expect(await never.openDue()).toBe(0);
    const { customerId, generation } = await instances.get(id);
    const busy = await operations.open(dataSource.manager, {
      ...{ kind: 'restart', instanceId: id, customerId, generation, correlationId: newId() },
    });
    expect(await scheduled.openDue()).toBe(0);
    await sql(`UPDATE operation SET status = 'failed' WHERE id = $1`, [busy.id]);
    await sql(`UPDATE instance SET desired_state = 'terminated' WHERE id = $1`, [id]);
    expect(await scheduled.openDue()).toBe(0);
    await sql(`UPDATE instance SET desired_state = 'running', odoo_version = '1.0' WHERE id = $1`, [id]);
    expect(await scheduled.openDue()).toBe(0);
    await sql(`UPDATE instance SET odoo_version = (SELECT odoo_version FROM backup LIMIT 1) WHERE id = $1`, [
      id,
    ]);
    const opened = await Promise.all([scheduled.openDue(), scheduled.openDue(), scheduled.openDue()]);
    expect(opened.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('a sample of several is spread over its time', async () => {
    const id = await instance();
    for (const hours of [90, 80, 70, 60]) await backup(id, hours);
    const wanted = config({ BACKUP_DRILL_SAMPLE: '4', BACKUP_DRILL_EVERY_HOURS: '24' });
    const { dataSource } = database;
    const often = new ScheduledDrills(
      wanted,
      dataSource,
      drills,
      instances,
      operations,
      new DrillMetrics(metrics),
    );
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await often.openDue()).toBe(1);
      await end(ANSWERED);
      await later(5);
      expect(await often.openDue()).toBe(0);
      await later(1);
    }
    expect(await drills.counts()).toEqual({ passed: 4, failed: 0, never: 0 });
  });

  test('one that passed says so on the backup, on the instance and to whoever listens', async () => {
    const instanceId = await instance();
    await backup(instanceId, 30);
    await scheduled.openDue();
    const id = await end(ANSWERED);
    const { result, put_off } = (await drillOf(id)) ?? {};
    expect(result).toMatchObject({
      status: 'passed',
      restored_bytes: 100,
      rows: 20,
      files: 7,
      scheduled: true,
    });
    expect(result?.duration_ms).toBeGreaterThanOrEqual(4_000);
    expect([put_off, result?.error]).toEqual([undefined, undefined]);
    expect(await events()).toEqual(['instance.backup_drill_passed.v1']);
    expect((await instances.get(instanceId)).conditions).toContainEqual(
      expect.objectContaining({ type: 'restorable', status: 'true', reason: 'DrillPassed' }),
    );
  });

  test('one that failed does too, raises an alarm and leaves the backup where it is', async () => {
    const instanceId = await instance();
    await backup(instanceId, 30);
    await scheduled.openDue();
    const id = await end({ 'fetch-backup': { bytes: 100 } }, DAMAGED);
    expect(await backups.get(id)).toMatchObject({
      status: 'completed',
      drill: { result: { status: 'failed', restored_bytes: 100, error: DAMAGED } },
    });
    expect(await events()).toEqual(['instance.backup_drill_failed.v1', 'platform.alarm_raised.v1']);
    expect((await instances.get(instanceId)).conditions).toContainEqual(
      expect.objectContaining({ type: 'restorable', status: 'false', message: expect.stringContaining(id) }),
    );
    await scheduled.openDue();
    const { body } = await metrics.expose();
    expect(body).toContain('saasodoo_backup_drills_total{outcome="failed"} 1');
    expect(body).toContain('saasodoo_backups_by_drill{drill="failed"} 1');
  });

  test('one that was superseded is no result, keeps the last one, and is tried again, later each time', async () => {
    await backup(await instance(), 60);
    await scheduled.openDue();
    const id = await end(ANSWERED);
    await later(24);
    for (const times of [1, 2]) {
      expect(await scheduled.openDue()).toBe(1);
      await end({ 'fetch-backup': { bytes: 100 } }, CANCELLED);
      expect(await drillOf(id)).toMatchObject({
        ...{ result: { status: 'passed' }, put_off: { times, error: CANCELLED } },
      });
      expect(await scheduled.openDue()).toBe(0);
      await later(1);
    }
    expect(await events()).toEqual(['instance.backup_drill_passed.v1']);
    expect(await scheduled.openDue()).toBe(1);
    await end(ANSWERED);
    expect(await drillOf(id)).not.toHaveProperty('put_off');
  });

  test('one does not keep its instance from being repaired, and gives way to that', async () => {
    const instanceId = await instance();
    await backup(instanceId, 30);
    await scheduled.openDue();
    await sql(`UPDATE instance SET status = 'error' WHERE id = $1`, [instanceId]);
    const unsettled = new UnsettledInstances(database.dataSource);
    expect(await unsettled.list(10)).toEqual([instanceId]);
    const { customerId, generation } = await instances.get(instanceId);
    await operations.open(database.dataSource.manager, {
      ...{ kind: 'start', instanceId, customerId, generation, correlationId: newId() },
    });
    expect((await openDrill()).cancelRequestedAt).toBeInstanceOf(Date);
    expect(await unsettled.list(10)).toEqual([]);
  });

  test('one whose backup was deleted meanwhile leaves nothing', async () => {
    await backup(await instance(), 30);
    await scheduled.openDue();
    await sql(`UPDATE backup SET status = 'deleting'`);
    const id = await end(WHOLE, DAMAGED);
    expect([await drillOf(id), await events()]).toEqual([undefined, []]);
  });
});
