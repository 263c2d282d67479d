import { ImportRepository } from '@saasodoo/backups/data-access';
import { loadConfig } from '@saasodoo/bootstrap';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, type TestDatabase } from '@saasodoo/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupsConfig } from '../src/app/backups/backups.config';
import { ImportFiles } from '../src/app/import-instance/import-files';
import { ImportSweeper } from '../src/app/import-instance/import-sweeper';
import { ImportUploads } from '../src/app/import-instance/import-uploads';
import { manifestOf, odooParts, patched, renamed, zipOf } from './odoo-zip';

const HASH = 'ab/'.concat('a'.repeat(40));

describe('imports', () => {
  let database: TestDatabase;
  let root: string;
  let imports: ImportRepository;
  let files: ImportFiles;
  let uploads: ImportUploads;
  let sweeper: ImportSweeper;

  beforeAll(async () => {
    database = await freshDatabase();
    root = await mkdtemp(join(tmpdir(), 'saasodoo-imports-'));
    const config = loadConfig(BackupsConfig, {
      CONTROL_DATABASE_URL: database.url,
      CONTROL_DATABASE_PASSWORD: 'test-only',
      RABBITMQ_URL: 'amqp://nobody@localhost',
      RABBITMQ_PASSWORD: 'none',
      ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      ODOO_IMAGES:
        '{"14":{"image":"odoo:14","profile":"official"},"17.0":{"image":"odoo:17","profile":"official"}}',
      TENANT_DATABASE_HOST: 'localhost',
      TENANT_DATABASE_PASSWORD: 'test-only',
      BACKUP_KEY: 'x'.repeat(32),
      BACKUP_ROOT: root,
      IMPORT_MAX_UNPACKED_BYTES: String(1024 ** 2),
      IMPORT_MAX_ENTRIES: '20',
    });
    imports = new ImportRepository(database.dataSource);
    files = new ImportFiles(config);
    uploads = new ImportUploads(imports, files, config, database.dataSource);
    sweeper = new ImportSweeper(imports, files, config);
  });

  afterAll(async () => {
    await database.close();
    await rm(root, { recursive: true, force: true });
  });

  async function announced(
    zip: Buffer,
    change: { sizeBytes?: number; sha256?: string } = {},
  ): Promise<string> {
    const id = newId();
    const wish = { id, customerId: newId(), fileName: 'shop.zip', sizeBytes: zip.length, ...change };
    await imports.insert(wish, database.dataSource.manager);
    return id;
  }

  async function* inPieces(zip: Buffer, size = 7_000): AsyncGenerator<Buffer> {
    for (let at = 0; at < zip.length; at += size) yield zip.subarray(at, at + size);
  }

  const { signal } = new AbortController();
  const left = (id: string): Promise<string[]> => readdir(join(root, '.imports', id)).catch(() => []);

  /** Nothing of what is refused stays, and a good one may follow under the same announcement. */
  async function expectRefused(zip: Buffer, code: string): Promise<void> {
    const id = await announced(zip);
    await expect(uploads.receive(id, inPieces(zip), signal)).rejects.toMatchObject({ code, httpStatus: 422 });
    expect(await left(id)).toEqual([]);
    expect(await imports.get(id)).toMatchObject({ status: 'awaiting' });
  }

  test.each([
    ['as they are', {}],
    ['stored', { compress: false }],
    ['with large numbers', { forceZip64Format: true }],
  ])('zips are received %s, and are what they say', async (_how, options) => {
    const zip = await zipOf(odooParts('SELECT 1;\n', { [HASH]: 'content' }), options);
    const sha256 = createHash('sha256').update(zip).digest('hex');
    const id = await announced(zip, { sha256 });
    expect(await uploads.receive(id, inPieces(zip, 11), signal)).toMatchObject({
      ...{ status: 'received', odooVersion: '14', sha256 },
      contents: {
        ...{ database_name: 'old-shop', base_version: '14.0.1.3', modules: 1 },
        ...{ dump_bytes: 10, files: 1, files_bytes: 7 },
      },
    });
    expect((await readFile(files.content(id))).equals(zip)).toBe(true);
    expect(await left(id)).toEqual(['content.zip']);
    await expect(uploads.receive(id, inPieces(zip), signal)).rejects.toMatchObject({
      code: 'import.status_conflict',
      httpStatus: 409,
    });
    expect((await readFile(files.content(id))).equals(zip)).toBe(true);
  });

  test('what breaks off, is too long, or is another one leaves nothing, and can be sent again', async () => {
    const zip = await zipOf(odooParts());
    const id = await announced(zip);
    const parts: [string, AsyncIterable<Buffer>][] = [
      ['import.truncated', inPieces(zip.subarray(0, -1))],
      ['import.too_large', inPieces(Buffer.concat([zip, Buffer.from('x')]))],
    ];
    for (const [code, content] of parts) {
      await expect(uploads.receive(id, content, signal)).rejects.toMatchObject({ code });
      expect(await left(id)).toEqual([]);
    }
    const away = new AbortController();
    async function* broken(): AsyncGenerator<Buffer> {
      yield zip.subarray(0, 50);
      away.abort();
      throw new Error('aborted');
    }
    await expect(uploads.receive(id, broken(), away.signal)).rejects.toMatchObject({
      code: 'import.truncated',
    });
    expect(await left(id)).toEqual([]);
    const other = await announced(zip, { sha256: '0'.repeat(64) });
    await expect(uploads.receive(other, inPieces(zip), signal)).rejects.toMatchObject({
      code: 'import.checksum_differs',
    });
    expect(await uploads.receive(id, inPieces(zip), signal)).toMatchObject({ status: 'received' });
  });

  test('of two that send at once one is taken', async () => {
    const zip = await zipOf(odooParts());
    const id = await announced(zip);
    const ends = await Promise.allSettled([1, 2].map(() => uploads.receive(id, inPieces(zip, 50), signal)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await readFile(files.content(id))).equals(zip)).toBe(true);
    expect(await left(id)).toEqual(['content.zip']);
  });

  const named = async (name: string): Promise<Buffer> => {
    const plain = 'filestore/'.padEnd(Buffer.byteLength(name), 'n');
    return renamed(await zipOf([...odooParts(), { name: plain, content: 'x' }]), plain, name);
  };

  test.each([
    ['filestore/../../../../etc/cron.d/x'],
    ['filestore/ab/../../../../../x/y'],
    ['/etc/cron.d/xxxxxxx'],
    ['C:/windows/system32/x'],
    ['filestore\\..\\..\\..\\..\\x'],
    ['filestore//etc/passwd'],
    ['filestore/./././././x'],
    ['filestore/ab/\0/../../x'],
    ['filestore/ab/line\nbreak'],
  ])('the name %j is refused', async (name) => expectRefused(await named(name), 'import.name_refused'));

  test.each([
    ['a link', 0o120777],
    ['a device', 0o060666],
    ['a pipe', 0o010666],
  ])('%s is refused', async (_what, mode) => {
    const part = { name: `filestore/${HASH}`, content: '/etc/passwd', options: { mode } };
    const zip = await zipOf([...odooParts(), part]);
    // The library would write a plain file.
    const external = { place: 38, value: (mode << 16) >>> 0 };
    await expectRefused(patched(zip, `filestore/${HASH}`, external), 'import.name_refused');
  });

  test.each([
    ['no zip at all', async () => Buffer.from('PGDMP, and more of it')],
    ['an empty one', async () => Buffer.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)])],
    ['one without its beginning', async () => (await zipOf(odooParts())).subarray(40)],
    ['one without its end', async () => (await zipOf(odooParts())).subarray(0, -30)],
    ['one of other ends', async () => Buffer.concat([await zipOf(odooParts()), Buffer.from('tail')])],
  ])('%s is refused', async (_what, make) => {
    const zip = await make();
    const id = await announced(zip);
    await expect(uploads.receive(id, inPieces(zip), signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^import\.(not_a_zip|entry_missing)$/),
    });
    expect(await left(id)).toEqual([]);
  });

  test('two entries of one name are refused, and one that is not where it should be', async () => {
    const twice = renamed(
      await zipOf([...odooParts(), { name: 'dump.sqx', content: 'DROP' }]),
      'dump.sqx',
      'dump.sql',
    );
    await expectRefused(twice, 'import.name_refused');
    const moved = patched(await zipOf(odooParts()), 'manifest.json', { place: 42, value: 9 });
    await expectRefused(moved, 'import.not_a_zip');
  });

  test('what unpacks to too much, or has too many entries, is refused by its directory alone', async () => {
    const zeros = Buffer.alloc(1024 ** 2 + 1);
    await expectRefused(
      await zipOf([...odooParts(), { name: `filestore/${HASH}`, content: zeros }]),
      'import.unpacked_too_large',
    );
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`ab/${index}`, 'x']));
    await expectRefused(await zipOf(odooParts('', many)), 'import.too_many_entries');
  });

  test('a manifest that says less than it holds is not read beyond that', async () => {
    const zip = await zipOf(odooParts());
    await expectRefused(patched(zip, 'manifest.json', { place: 24, value: 10 }), 'import.entry_damaged');
    await expectRefused(patched(zip, 'manifest.json', { place: 16, value: 1 }), 'import.entry_damaged');
  });

  test.each([
    ['another version', manifestOf([16, 0]), 'import.version_not_offered'],
    ['a version in between', manifestOf([17, 1]), 'import.version_not_offered'],
    ['an online version', manifestOf(['saas~17', 1]), 'import.version_not_offered'],
    ['no version', '{}', 'import.manifest_malformed'],
    ['no JSON', 'version_info', 'import.manifest_malformed'],
    ['a list', '[]', 'import.manifest_malformed'],
  ])('%s is refused', async (_what, manifest, code) => {
    const [dump] = odooParts();
    await expectRefused(await zipOf([dump!, { name: 'manifest.json', content: manifest }]), code);
  });

  test('of another version it is said what is offered', async () => {
    const [dump] = odooParts();
    const zip = await zipOf([dump!, { name: 'manifest.json', content: manifestOf([13, 0]) }]);
    const id = await announced(zip);
    await expect(uploads.receive(id, inPieces(zip), signal)).rejects.toMatchObject({
      facts: { version: '13.0', offered: ['14', '17.0'] },
    });
  });

  test.each(['dump.sql', 'manifest.json'])('without %s it is refused', async (name) => {
    await expectRefused(
      await zipOf(odooParts().filter((part) => part.name !== name)),
      'import.entry_missing',
    );
  });

  describe('that are over', () => {
    test('are removed from the disk, those that nobody used after their time', async () => {
      const zip = await zipOf(odooParts());
      const [fresh, old, deleted] = [await announced(zip), await announced(zip), await announced(zip)];
      for (const id of [fresh, old, deleted]) await uploads.receive(id, inPieces(zip), signal);
      await imports.delete(deleted, database.dataSource.manager);
      await database.dataSource.query(
        `UPDATE import SET received_at = now() - interval '49 hours' WHERE id = $1`,
        [old],
      );
      await sweeper.sweep();
      await sweeper.sweep();
      expect([await left(fresh), await left(old), await left(deleted)]).toEqual([['content.zip'], [], []]);
      expect((await imports.get(old)).status).toBe('expired');
      expect((await imports.get(fresh)).status).toBe('received');
    });
  });
});
