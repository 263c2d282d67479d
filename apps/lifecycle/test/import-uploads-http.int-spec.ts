import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ImportRepository } from '@saasodoo/backups/data-access';
import { createHttpApp, loadConfig } from '@saasodoo/bootstrap';
import { newId, until } from '@saasodoo/kernel';
import { createLogger } from '@saasodoo/observability';
import { freshDatabase, type TestDatabase } from '@saasodoo/testing';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { DataSource } from 'typeorm';
import { BackupsConfig } from '../src/app/backups/backups.config';
import { ImportFiles } from '../src/app/import-instance/import-files';
import { ImportUploads } from '../src/app/import-instance/import-uploads';
import { ImportUploadsController } from '../src/app/import-instance/import-uploads.controller';
import { ZipBodies } from '../src/app/import-instance/zip-bodies';
import { manifestOf, odooParts, zipOf } from './odoo-zip';

@Module({})
class UploadsModule {}

const KEY = 'x'.repeat(32);

describe('content of imports over HTTP', () => {
  let database: TestDatabase;
  let root: string;
  let app: NestFastifyApplication;
  let imports: ImportRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    root = await mkdtemp(join(tmpdir(), 'saasodoo-uploads-'));
    imports = new ImportRepository(database.dataSource);
    const config = loadConfig(BackupsConfig, {
      ...{ CONTROL_DATABASE_URL: database.url, CONTROL_DATABASE_PASSWORD: 'test-only' },
      ...{ RABBITMQ_URL: 'amqp://nobody@localhost', RABBITMQ_PASSWORD: 'none', BACKUP_KEY: KEY },
      ...{ ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'), BACKUP_ROOT: root },
      ...{ TENANT_DATABASE_HOST: 'localhost', TENANT_DATABASE_PASSWORD: 'test-only' },
      ODOO_IMAGES: '{"14.0":{"image":"odoo:14","profile":"official"}}',
    });
    const module = {
      module: UploadsModule,
      controllers: [ImportUploadsController],
      providers: [
        { provide: DataSource, useValue: database.dataSource },
        { provide: ImportRepository, useValue: imports },
        ...[ImportFiles, ImportUploads, ZipBodies],
      ],
    };
    app = await createHttpApp(module, config, createLogger({ name: 'test', level: 'silent' }));
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await database.close();
    await rm(root, { recursive: true, force: true });
  });

  async function announced(zip: Buffer): Promise<string> {
    const id = newId();
    const wish = { id, customerId: newId(), fileName: 'shop.zip', sizeBytes: zip.length };
    await imports.insert(wish, database.dataSource.manager);
    return id;
  }

  function opened(id: string, key = KEY) {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/zip' };
    const options = { port, path: `/internal/imports/${id}/content`, method: 'PUT', headers };
    return request(options).on('error', () => undefined);
  }

  async function send(id: string, content: Buffer, key = KEY): Promise<{ status?: number; body: unknown }> {
    const outgoing = opened(id, key);
    outgoing.end(content);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await json(answer) };
  }

  const left = (id: string): Promise<string[]> => readdir(join(root, '.imports', id)).catch(() => []);

  test('is taken in, of whatever size, from whoever has the key', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`ab/${at}`, 'x'.repeat(100_000)]),
    );
    const zip = await zipOf(odooParts('SELECT 1;\n', files), { compress: false });
    expect(zip.length).toBeGreaterThan(3 * 1024 ** 2);
    const id = await announced(zip);
    expect((await send(id, zip, 'another')).status).toBe(401);
    expect(await left(id)).toEqual([]);
    expect(await send(id, zip)).toEqual({ status: 200, body: { status: 'received' } });
    expect(await left(id)).toEqual(['content.zip']);
  });

  test('is refused with the reason', async () => {
    const [dump] = odooParts();
    const zip = await zipOf([dump!, { name: 'manifest.json', content: manifestOf([13, 0]) }]);
    const id = await announced(zip);
    expect(await send(id, zip)).toMatchObject({
      status: 422,
      body: { code: 'import.version_not_offered', facts: { offered: ['14.0'] } },
    });
    expect((await send(newId(), zip)).status).toBe(404);
    expect((await send('..%2f..%2fetc', zip)).status).toBeGreaterThanOrEqual(400);
    expect(await left(id)).toEqual([]);
  });

  test('that breaks off leaves nothing', async () => {
    const zip = await zipOf(odooParts());
    const id = await announced(zip);
    const outgoing = opened(id);
    outgoing.write(zip.subarray(0, 100));
    const withinMs = 20_000;
    const begun = async () => ((await left(id)).length > 0 ? true : undefined);
    await until(begun, () => new Error('nothing was taken in'), { withinMs });
    outgoing.destroy();
    const over = async () => ((await left(id)).length === 0 ? true : undefined);
    await until(over, () => new Error('something was left'), { withinMs });
    expect(await send(id, zip)).toMatchObject({ status: 200 });
  });
});
