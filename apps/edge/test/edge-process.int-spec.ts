import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { AppError, until } from '@saasodoo/kernel';
import {
  freePort,
  freshDatabase,
  newInstance,
  startDisposablePostgres,
  type TestDatabase,
} from '@saasodoo/testing';

const REPOSITORY = join(__dirname, '../../..');
const START_WITHIN_MS = 30_000;

/** The compiled edge under plain node, with routes in a PostgreSQL that a test may take away. */
describe('the edge as a process', () => {
  let server: Awaited<ReturnType<typeof startDisposablePostgres>>;
  let database: TestDatabase;
  let odoo: Server;
  let edge: ChildProcess;
  let httpPort: number;
  let adminPort: number;
  let log = '';

  beforeAll(async () => {
    execFileSync(process.execPath, [join(REPOSITORY, 'infrastructure/scripts/build.ts')]);
    server = await startDisposablePostgres();
    database = await freshDatabase({ serverUrl: server.url, entities: [InstanceEntity] });
    odoo = createServer((incoming, response) => response.end(`odoo for ${incoming.headers.host ?? ''}`));
    odoo.listen(0, '127.0.0.1');
    await once(odoo, 'listening');
    httpPort = await freePort();
    adminPort = await freePort();
    edge = spawn(process.execPath, [join(REPOSITORY, 'dist/apps/edge/src/main.js')], {
      env: {
        HTTP_PORT: String(httpPort),
        ADMIN_PORT: String(adminPort),
        GATEWAY_URL: odooUrl(),
        CONTROL_DATABASE_URL: database.url,
      },
    });
    edge.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    edge.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await answers(() => ask('/readyz', 'admin', adminPort), 200);
  }, 180_000);

  afterAll(async () => {
    edge.kill('SIGKILL');
    odoo.close();
    if (database.dataSource.isInitialized) await database.dataSource.destroy();
    await server.container.remove();
  }, 60_000);

  it('routes an instance as soon as it runs, and stops routing it as soon as it is stopped', async () => {
    await exists('acme', 'creating');
    await expect(ask('/', 'acme.localhost')).resolves.toMatchObject({ status: 503 });
    await becomes('acme', 'running');
    await answers(() => ask('/', 'ACME.localhost:80'), 200);
    await becomes('acme', 'stopped');
    await answers(() => ask('/', 'acme.localhost'), 503);
  });

  it('sends api. and auth. to the gateway, and knows nobody else', async () => {
    await expect(ask('/', 'auth.localhost')).resolves.toEqual({
      status: 200,
      body: 'odoo for auth.localhost',
    });
    await expect(ask('/', 'nobody.localhost')).resolves.toMatchObject({ status: 404 });
  });

  it('keeps its operational endpoints from the world', async () => {
    await expect(ask('/metrics', 'localhost')).resolves.toMatchObject({ status: 404 });
    const { body } = await ask('/metrics', 'admin', adminPort);
    expect(body).toContain('saasodoo_edge_requests_total{outcome="proxied"}');
  });

  it('serves what it knows while PostgreSQL is away, and ends orderly', async () => {
    await exists('kept', 'running');
    await answers(() => ask('/', 'kept.localhost'), 200);
    await database.dataSource.destroy();
    await server.container.kill();
    await answers(() => ask('/', 'fresh.localhost'), 503);
    await expect(ask('/', 'kept.localhost')).resolves.toMatchObject({ status: 200 });
    await expect(ask('/readyz', 'admin', adminPort)).resolves.toMatchObject({ status: 200 });
    const ended = once(edge, 'exit');
    edge.kill('SIGTERM');
    await expect(ended).resolves.toEqual([0, null]);
    expect(log).toContain('a route could not be looked up');
    expect(log).toContain('"message":"stopped"');
  }, 60_000);

  function odooUrl(): string {
    return `http://127.0.0.1:${(odoo.address() as AddressInfo).port}`;
  }

  async function exists(databaseName: string, status: string): Promise<void> {
    const repository = new InstanceRepository(database.dataSource);
    await repository.insert(database.dataSource.manager, newInstance({ databaseName }));
    await becomes(databaseName, status);
  }

  async function becomes(databaseName: string, status: string): Promise<void> {
    await database.dataSource.query(
      'UPDATE instance SET status = $2, internal_url = $3 WHERE database_name = $1',
      [databaseName, status, odooUrl()],
    );
  }

  async function ask(path: string, host: string, port = httpPort): Promise<{ status: number; body: string }> {
    const outgoing = request({ host: '127.0.0.1', port, path, headers: { host }, agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  function answers(look: () => Promise<{ status: number }>, wanted: number): Promise<true> {
    return until(
      async () => {
        const found = await look().catch(() => undefined);
        return found?.status === wanted ? true : undefined;
      },
      () => AppError.terminal('test.no_answer', `no answer ${wanted} came; the edge says:\n${log}`),
      { withinMs: START_WITHIN_MS },
    );
  }
});
