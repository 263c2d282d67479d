import { BackupRepository } from '@saasodoo/backups/data-access';
import { loadConfig } from '@saasodoo/bootstrap';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import { BackupDestinationConfig } from '../src/app/backups/backup-destination.config';
import { BackupDestinations } from '../src/app/backups/backup-destinations';

const SITE = {
  CONTROL_DATABASE_URL: 'postgres://nobody@localhost/none',
  CONTROL_DATABASE_PASSWORD: 'test-only',
  RABBITMQ_URL: 'amqp://nobody@localhost',
  RABBITMQ_PASSWORD: 'test-only',
  ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
  ODOO_IMAGES: '{}',
  TENANT_DATABASE_HOST: 'localhost',
};
const STORE = {
  BACKUP_S3_ENDPOINT: 'http://store.invalid:9000',
  BACKUP_S3_BUCKET: 'backups',
  BACKUP_S3_PREFIX: 'a/site',
  BACKUP_S3_ACCESS_KEY: 'somebody',
  BACKUP_S3_SECRET_KEY: 'hidden-value',
};

const configured = (environment: Readonly<Record<string, string>>) =>
  loadConfig(BackupDestinationConfig, { ...SITE, ...environment });

describe('destinations of backups', () => {
  let database: TestDatabase;
  let backups: BackupRepository;

  beforeEach(async () => {
    database = await freshDatabase({ entities: [InstanceEntity] });
    backups = new BackupRepository(database.dataSource);
  });

  afterEach(() => database.close());

  /** As they are after a start of the app with these settings. */
  const destinations = (environment: Readonly<Record<string, string>>): BackupDestinations =>
    new BackupDestinations(configured(environment), backups);

  async function newBackup(): Promise<string> {
    const instances = new InstanceRepository(database.dataSource);
    const instance = await instances.insert(database.dataSource.manager, newInstance());
    const { id: instanceId, customerId, databaseName, odooVersion } = instance;
    const id = newId();
    await backups.insert({ id, kind: 'manual', instanceId, customerId, databaseName, odooVersion });
    return id;
  }

  test('a backup stays where it was begun, whatever is chosen afterwards', async () => {
    const [first, second, third] = [await newBackup(), await newBackup(), await newBackup()];
    const [directory, store] = [destinations({}), destinations({ ...STORE, BACKUP_DESTINATION: 's3' })];
    const moved = destinations({ ...STORE, BACKUP_DESTINATION: 's3', BACKUP_S3_BUCKET: 'other' });
    const back = destinations({ ...STORE, BACKUP_DESTINATION: 'directory' });
    expect((await directory.toWrite(first)).name).toBe('directory');
    expect((await store.toWrite(second)).name).toBe('s3://backups/a/site');
    expect((await moved.toWrite(third)).name).toBe('s3://other/a/site');
    for (const later of [store, moved, back]) {
      expect((await later.holding(first)).name).toBe('directory');
      expect((await later.toWrite(first)).name).toBe('directory');
      expect((await later.holding(second)).name).toBe('s3://backups/a/site');
      expect((await later.toWrite(second)).name).toBe('s3://backups/a/site');
      expect((await later.holding(third)).name).toBe('s3://other/a/site');
    }
    await backups.complete(second, { sizeBytes: 1, manifestSha256: 'x', manifest: {} as never });
    expect(await backups.get(second)).toMatchObject({ destination: 's3://backups/a/site' });
  });

  test('one that never began lies in the directory, where there is nothing of it', async () => {
    const id = await newBackup();
    const store = destinations({ ...STORE, BACKUP_DESTINATION: 's3' });
    expect((await store.holding(id)).name).toBe('directory');
    expect((await store.toWrite(id)).name).toBe('s3://backups/a/site');
  });

  test('what lies in a store that is not configured any more is named, and what to do', async () => {
    const id = await newBackup();
    await destinations({ ...STORE, BACKUP_DESTINATION: 's3' }).toWrite(id);
    await expect(destinations({}).holding(id)).rejects.toMatchObject({
      code: 'backup.destination_unknown',
      retryable: false,
      facts: { destination: 's3://backups/a/site' },
      hint: expect.stringContaining('BACKUP_S3_ENDPOINT'),
    });
  });

  test('a backup that nobody knows is nowhere', async () => {
    const unknown = { code: 'backup.not_found' };
    await expect(destinations({}).holding(newId())).rejects.toMatchObject(unknown);
    await expect(destinations({}).toWrite(newId())).rejects.toMatchObject(unknown);
  });

  test('settings that cannot work are refused at the start, all at once and without showing a secret', () => {
    const refusal = (environment: Readonly<Record<string, string>>): string => {
      try {
        configured(environment);
      } catch (error) {
        return String(error);
      }
      return 'accepted';
    };
    const nothing = refusal({ BACKUP_DESTINATION: 's3' });
    for (const name of ['ENDPOINT', 'BUCKET', 'ACCESS_KEY', 'SECRET_KEY'])
      expect(nothing).toContain(`BACKUP_S3_${name} is not set`);
    const wrong = refusal({
      ...STORE,
      BACKUP_S3_ENDPOINT: 'store:9000',
      BACKUP_S3_BUCKET: 'No_Bucket',
      BACKUP_S3_PREFIX: '../up',
      BACKUP_S3_CA: '/a/path',
      BACKUP_S3_PIECE_MIB: '1',
    });
    for (const name of ['ENDPOINT', 'BUCKET', 'PREFIX', 'CA', 'PIECE_MIB'])
      expect(wrong).toContain(`BACKUP_S3_${name}`);
    expect(wrong).not.toContain('hidden-value');
    expect(refusal({})).toBe('accepted');
    expect(configured({}).objectStore).toBeUndefined();
    expect(configured(STORE)).toMatchObject({
      backupRoot: expect.stringMatching(/odoo_backups$/),
      objectStore: { pieceBytes: 16 * 1024 ** 2, pathStyle: true, region: 'us-east-1' },
    });
  });
});
