import { loadConfig } from '@saasodoo/bootstrap';
import { BackupExpiryRepository, BackupRepository } from '@saasodoo/backups/data-access';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { OperationEntity, OperationRepository, OperationStepEntity } from '@saasodoo/operations/data-access';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import { TerminatedBackups } from '../src/app/backup-schedules/terminated-backups';
import { BackupsConfig } from '../src/app/backups/backups.config';

const DAY_MS = 86_400_000;

describe('backups of terminated instances', () => {
  let database: TestDatabase;
  let backups: BackupRepository;
  let operations: OperationRepository;
  let instances: InstanceRepository;
  let expiry: BackupExpiryRepository;

  beforeEach(async () => {
    database = await freshDatabase({ entities: [InstanceEntity, OperationEntity, OperationStepEntity] });
    const { dataSource } = database;
    backups = new BackupRepository(dataSource);
    operations = new OperationRepository(dataSource);
    instances = new InstanceRepository(dataSource);
    expiry = new BackupExpiryRepository(dataSource);
  });

  afterEach(() => database.close());

  function keptFor(days: number): TerminatedBackups {
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
      BACKUP_TERMINATED_DAYS: String(days),
    });
    return new TerminatedBackups(config, database.dataSource, expiry, backups, instances, operations);
  }

  const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    database.dataSource.query<T[]>(text, values);

  async function instance(status: string): Promise<string> {
    const { id } = await instances.insert(database.dataSource.manager, newInstance());
    await sql('UPDATE instance SET status = $2 WHERE id = $1', [id, status]);
    return id;
  }

  async function completed(instanceId: string): Promise<string> {
    const { customerId, databaseName, odooVersion } = await instances.get(instanceId);
    const id = newId();
    await backups.insert({ id, kind: 'manual', instanceId, customerId, databaseName, odooVersion });
    const verified = { destination: 'directory', sizeBytes: 1, manifestSha256: id, manifest: {} as never };
    await backups.complete(id, verified);
    return id;
  }

  const statusOf = async (id: string) => (await backups.get(id)).status;
  const passed = (id: string) => expiry.setEnd(database.dataSource.manager, id, new Date(0));

  test('get an end when the instance is seen terminated, and no other does', async () => {
    const [mine, other] = [
      await completed(await instance('terminated')),
      await completed(await instance('running')),
    ];
    expect(await keptFor(90).expire()).toBe(0);
    const { expiresAt } = await backups.get(mine);
    expect(Math.round(((expiresAt?.getTime() ?? 0) - Date.now()) / DAY_MS)).toBe(90);
    expect((await backups.get(other)).expiresAt).toBeUndefined();
    await keptFor(1).expire();
    expect((await backups.get(mine)).expiresAt).toEqual(expiresAt);
  });

  test('are deleted by an operation of their instance when it has come, once', async () => {
    const instanceId = await instance('terminated');
    const [old, young] = [await completed(instanceId), await completed(instanceId)];
    await passed(old);
    const terminated = keptFor(90);
    const opened = await Promise.all([terminated.expire(), terminated.expire(), terminated.expire()]);
    expect(opened.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect([await statusOf(old), await statusOf(young)]).toEqual(['deleting', 'completed']);
    const rows = await sql<{ input: object }>(`SELECT input FROM operation WHERE instance_id = $1`, [
      instanceId,
    ]);
    expect(rows).toEqual([{ input: { backup_id: old } }]);
  });

  test('stay while a copy is made of them, when somebody keeps them, and when the site keeps all', async () => {
    const instanceId = await instance('terminated');
    const [copied, kept] = [await completed(instanceId), await completed(instanceId)];
    await passed(copied);
    const copy = await instances.get(await instance('creating'));
    await operations.open(database.dataSource.manager, {
      ...{ instanceId: copy.id, customerId: copy.customerId, generation: 1, kind: 'restore-new' },
      ...{ correlationId: newId(), input: { backup_id: copied } },
    });
    await expiry.setEnd(database.dataSource.manager, kept, new Date('2100-01-01'));
    expect(await keptFor(90).expire()).toBe(0);
    expect([await statusOf(copied), await statusOf(kept)]).toEqual(['completed', 'completed']);
    expect((await backups.get(kept)).expiresAt).toEqual(new Date('2100-01-01'));
    await sql(`UPDATE operation SET status = 'succeeded'`);
    expect(await keptFor(0).expire()).toBe(0);
    expect(await keptFor(90).expire()).toBe(1);
    expect(await statusOf(copied)).toBe('deleting');
  });
});
