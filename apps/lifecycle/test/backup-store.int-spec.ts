import { DirectoryDestination } from '@saasodoo/backups/destinations';
import { loadConfig } from '@saasodoo/bootstrap';
import { newId } from '@saasodoo/kernel';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupStore } from '../src/app/backups/backup-store';
import { BackupsConfig } from '../src/app/backups/backups.config';

describe.each(['none', 'aes-256-gcm'])('parts of backups, encryption %s', (encryption) => {
  let root: string;
  let store: BackupStore;
  const id = newId();
  const content = randomBytes(2 * 1024 ** 2 + 12_345);
  const { signal } = new AbortController();
  const transfer = { signal };
  const kept = (): string => join(root, 'kept', id, 'database.dump');

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-store-'));
    const config = loadConfig(BackupsConfig, {
      CONTROL_DATABASE_URL: 'postgres://nobody@localhost/none',
      CONTROL_DATABASE_PASSWORD: 'test-only',
      RABBITMQ_URL: 'amqp://nobody@localhost',
      RABBITMQ_PASSWORD: 'test-only',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      ODOO_IMAGES: '{}',
      TENANT_DATABASE_HOST: 'localhost',
      TENANT_DATABASE_PASSWORD: 'test-only',
      BACKUP_KEY: 'x'.repeat(32),
      BACKUP_ENCRYPTION: encryption,
    });
    const destination = new DirectoryDestination(join(root, 'kept'));
    const place = () => Promise.resolve(destination);
    store = new BackupStore({ toWrite: place, holding: place }, config);
    await writeFile(join(root, 'dump'), content);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  test('come back as they were', async () => {
    const part = await store.keep(id, 'database.dump', join(root, 'dump'), transfer);
    expect(part).toMatchObject({ bytes: content.length, encrypted: encryption !== 'none' });
    await store.verify(id, part, transfer);
    await store.fetch(id, part, join(root, 'back'), transfer);
    expect((await readFile(join(root, 'back'))).equals(content)).toBe(true);
    const lies = await readFile(kept());
    expect(lies.length).toBe(part.stored_bytes);
    expect(lies.includes(content.subarray(1000, 1100))).toBe(encryption === 'none');
  });

  test('are refused when they were changed, cut off, replaced or lost', async () => {
    const part = await store.keep(id, 'database.dump', join(root, 'dump'), transfer);
    const whole = await readFile(kept());
    const refused = { code: expect.stringMatching(/^backup\.part_(damaged|unreadable)$/) };
    const changed = Buffer.from(whole);
    changed[whole.length - 20] = (changed[whole.length - 20] ?? 0) ^ 1;
    await writeFile(kept(), changed);
    await expect(store.verify(id, part, transfer)).rejects.toMatchObject(refused);
    await writeFile(kept(), whole);
    await truncate(kept(), whole.length - 1);
    await expect(store.verify(id, part, transfer)).rejects.toMatchObject(refused);
    await store.keep(id, 'database.dump', __filename, transfer);
    await expect(store.verify(id, part, transfer)).rejects.toMatchObject({ code: 'backup.part_damaged' });
    await rm(kept());
    await expect(store.verify(id, part, transfer)).rejects.toMatchObject({ code: 'backup.part_missing' });
  });

  test('can be called off', async () => {
    const abort = new AbortController();
    const keeping = store.keep(id, 'database.dump', join(root, 'dump'), {
      signal: abort.signal,
      onBytes: () => abort.abort(new Error('the worker stops')),
    });
    await expect(keeping).rejects.toThrow();
    await expect(readFile(kept())).rejects.toThrow('ENOENT');
  });
});
