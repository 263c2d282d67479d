import { BackupRepository, BackupScheduleRepository } from '@saasodoo/backups/data-access';
import { nextBackupAt } from '@saasodoo/backups/domain';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { newId, systemClock } from '@saasodoo/kernel';
import { OperationEntity, OperationRepository, OperationStepEntity } from '@saasodoo/operations/data-access';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import { loadConfig } from '@saasodoo/bootstrap';
import { ScheduledBackups } from '../src/app/backup-schedules/scheduled-backups';
import { ScheduleOutcome } from '../src/app/backup-schedules/schedule-outcome';
import { BackupsConfig } from '../src/app/backups/backups.config';

const PAST = new Date(0);
const policy = { enabled: true, hour: 2, daily: 2, weekly: 0, monthly: 0 };
const manifestOf = (backupId: string) =>
  ({ destination: 'directory', sizeBytes: 1, manifestSha256: backupId, manifest: {} }) as never;

describe('scheduled backups', () => {
  let database: TestDatabase;
  let schedules: BackupScheduleRepository;
  let backups: BackupRepository;
  let operations: OperationRepository;
  let instances: InstanceRepository;
  let scheduled: ScheduledBackups;
  let outcome: ScheduleOutcome;

  beforeEach(async () => {
    database = await freshDatabase({ entities: [InstanceEntity, OperationEntity, OperationStepEntity] });
    const { dataSource } = database;
    schedules = new BackupScheduleRepository(dataSource);
    backups = new BackupRepository(dataSource);
    operations = new OperationRepository(dataSource);
    instances = new InstanceRepository(dataSource);
    const config = loadConfig(BackupsConfig, {
      CONTROL_DATABASE_URL: database.url,
      CONTROL_DATABASE_PASSWORD: 'test',
      RABBITMQ_URL: 'amqp://nobody@localhost',
      RABBITMQ_PASSWORD: 'none',
      ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      ODOO_IMAGES: '{}',
      TENANT_DATABASE_HOST: 'localhost',
      TENANT_DATABASE_PASSWORD: 'test-only',
      BACKUP_KEY: 'x'.repeat(32),
      BACKUP_CONCURRENCY: '3',
    });
    scheduled = new ScheduledBackups(config, dataSource, schedules, backups, instances, operations);
    outcome = new ScheduleOutcome(schedules, backups, operations);
  });

  afterEach(() => database.close());

  const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    database.dataSource.query<T[]>(text, values);

  /** An instance with data. */
  async function instance(): Promise<string> {
    const { id } = await instances.insert(database.dataSource.manager, newInstance());
    await sql(`UPDATE instance SET status = 'running', database_server = 'db' WHERE id = $1`, [id]);
    return id;
  }

  async function endAll(): Promise<void> {
    await sql(`UPDATE operation SET status = 'succeeded' WHERE status = 'queued'`);
  }

  test('of a hundred that are due at once, few are made at a time and none is skipped', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, instance));
    for (const instanceId of ids) await schedules.put({ ...policy, instanceId, nextAt: PAST });
    let rounds = 0;
    while ((await scheduled.openDue()) > 0) {
      expect(await schedules.underWay()).toBeLessThanOrEqual(3);
      expect(await scheduled.openDue()).toBe(0);
      await endAll();
      rounds += 1;
    }
    expect(rounds).toBe(34);
    const made = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM operation WHERE kind = 'backup' GROUP BY instance_id`,
    );
    expect(made).toEqual(ids.map(() => ({ n: 1 })));
    expect(await sql(`SELECT FROM backup_schedule WHERE next_at <= now()`)).toEqual([]);
  }, 120_000);

  test('several schedulers at once open each of them once', async () => {
    const instanceId = await instance();
    await schedules.put({ ...policy, instanceId, nextAt: PAST });
    const opened = await Promise.all([scheduled.openDue(), scheduled.openDue(), scheduled.openDue()]);
    expect(opened.reduce((sum, one) => sum + one, 0)).toBe(1);
  });

  test('an instance without a schedule gets the usual one, and one that is terminated none', async () => {
    const [living, gone] = [await instance(), await instance()];
    await sql(`UPDATE instance SET desired_state = 'terminated' WHERE id = $1`, [gone]);
    expect(await scheduled.openDue()).toBe(0);
    expect(await schedules.find(living)).toMatchObject({ enabled: true, daily: 7, weekly: 4, monthly: 6 });
    expect(await schedules.find(gone)).toBeUndefined();
  });

  test('what failed is tried again long before its next time, later each time', async () => {
    const instanceId = await instance();
    const nextAt = nextBackupAt(new Date(Date.now() + 12 * 3_600_000), { hour: 2, minute: 0 });
    await schedules.put({ ...policy, instanceId, nextAt });
    const waits: number[] = [];
    for (let failure = 1; failure <= 3; failure += 1) {
      await schedules.setNext(database.dataSource.manager, instanceId, nextAt);
      const now = systemClock.now().getTime();
      await outcome.failed(database.dataSource.manager, await operationOf(instanceId));
      const schedule = await schedules.find(instanceId);
      expect(schedule?.failures).toBe(failure);
      waits.push(Math.round(((schedule?.nextAt.getTime() ?? 0) - now) / 60_000));
    }
    expect(waits).toEqual([10, 20, 40]);
  });

  test('older ones go when a newer one is complete; those made by hand, that are needed or kept, stay', async () => {
    const instanceId = await instance();
    await schedules.put({ ...policy, instanceId, nextAt: PAST });
    const made: string[] = [];
    for (const [days, kind] of [
      [5, 'scheduled'],
      [4, 'manual'],
      [3, 'scheduled'],
      [2, 'scheduled'],
      [1, 'scheduled'],
      [0, 'scheduled'],
      [9, 'scheduled'],
      [8, 'scheduled'],
    ] as const) {
      made.push(await completed(instanceId, kind, days));
    }
    const { customerId, generation } = await instances.get(instanceId);
    await operations.open(database.dataSource.manager, {
      ...{ instanceId, customerId, generation, kind: 'restore', correlationId: newId() },
      input: { backup_id: made[2] ?? '' },
    });
    const copy = await instances.get(await instance());
    await operations.open(database.dataSource.manager, {
      ...{ instanceId: copy.id, customerId: copy.customerId, generation: 1, kind: 'restore-new' },
      ...{ correlationId: newId(), input: { backup_id: made[7] ?? '' } },
    });
    await sql(`UPDATE backup SET expires_at = now() + interval '1 year' WHERE id = $1`, [made[6]]);
    await outcome.completed(database.dataSource.manager, await operationOf(instanceId));
    const deleting = await sql<{ id: string }>(
      `SELECT id FROM backup WHERE status = 'deleting' ORDER BY created_at`,
    );
    expect(deleting.map(({ id }) => id)).toEqual([made[0], made[3]]);
    const opened = await sql(`SELECT FROM operation WHERE kind = 'delete-backup'`);
    expect(opened).toHaveLength(2);
  });

  async function completed(
    instanceId: string,
    kind: 'manual' | 'scheduled',
    daysAgo: number,
  ): Promise<string> {
    const { customerId, databaseName, odooVersion } = await instances.get(instanceId);
    const id = newId();
    await backups.insert({ id, kind, instanceId, customerId, databaseName, odooVersion });
    await backups.complete(id, manifestOf(id));
    await sql(`UPDATE backup SET created_at = now() - make_interval(days => $2) WHERE id = $1`, [
      id,
      daysAgo,
    ]);
    return id;
  }

  async function operationOf(instanceId: string) {
    const { customerId, generation } = await instances.get(instanceId);
    return operations.open(database.dataSource.manager, {
      ...{ instanceId, customerId, generation, kind: 'backup', correlationId: newId() },
      input: { backup_id: newId(), scheduled: true },
    });
  }
});
