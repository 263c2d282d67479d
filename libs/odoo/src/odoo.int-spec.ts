import { AppError, until } from '@saasodoo/kernel';
import { freePort, removeLeftovers, testImage, testLabels, testOdooImage } from '@saasodoo/testing';
import { Client } from 'pg';
import {
  GenericContainer,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { type ImageProfile, imageProfile } from './image-profile';
import { initJob, TEMPLATE } from './init-job';
import { OdooClient } from './odoo-client';
import { renderOdooConfig } from './odoo-config';
import { hashOdooPassword } from './odoo-password';
import { personaliseDatabase } from './personalise-database';
import { type OdooServiceSpec } from './service-spec';
import { type SqlClient } from './sql-client';
import { tenantService } from './tenant-service';

const START_MS = 180_000;
const ROLE = { user: 'odoo_test', password: 'p%s#;=1' };
const ADMIN = { login: 'owner@example.com', password: 'correct horse' };
const IDENTITY = { databaseUuid: '01890a5d-ac96-774b-bcce-b302099a8057', databaseSecret: 'a-secret' };

jest.setTimeout(START_MS * 2);

describe('an instance cloned from a template', () => {
  let network: StartedNetwork;
  let postgres: StartedTestContainer;
  let odoo: StartedTestContainer;
  let shop: Client;
  let server: OdooServiceSpec;
  let baseUrl: string;

  const client = new OdooClient();

  beforeAll(async () => {
    // its reaper is an image of its own, which an offline machine does not have
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    await removeLeftovers();
    const { image, profile: name, version } = await testOdooImage();
    const profile = imageProfile(name, version);
    network = await new Network().start();
    postgres = await startPostgresIn(network);
    await statements(postgres, [
      `CREATE ROLE ${ROLE.user} LOGIN PASSWORD '${ROLE.password}'`,
      `CREATE DATABASE template_test OWNER ${ROLE.user} TEMPLATE template0 LC_COLLATE 'C'`,
    ]);
    const common = {
      image,
      profile,
      config: { secretId: 'config', secretName: 'config' },
      networkId: network.getId(),
      limits: { cpus: 1, memoryBytes: 1024 ** 3 },
      endpointMode: 'dnsrr',
    } as const;
    const job = initJob({
      ...common,
      name: 'init',
      jobId: 'init',
      databaseName: 'template_test',
      dataDirectory: TEMPLATE,
    });
    const initialised = await run(job, network, config(profile, 'template_test'))
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    await initialised.stop();
    await statements(postgres, [`CREATE DATABASE shop OWNER ${ROLE.user} TEMPLATE template_test`]);
    shop = await connect(postgres, 'shop');
    await personalise(shop);
    server = tenantService({
      ...common,
      name: 'shop',
      networkName: network.getName(),
      labels: {},
      route: { host: 'shop.example.com' },
      dataDirectory: '/unused',
      revision: 0,
      capabilities: { startInterval: true },
    });
    odoo = await run(server, network, config(profile, 'shop'))
      .withExposedPorts(profile.httpPort)
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
    baseUrl = `http://${odoo.getHost()}:${odoo.getMappedPort(profile.httpPort)}`;
    await until(
      async () =>
        (await client.probe(baseUrl, profile.healthPath, { timeoutMs: 30_000 })) === 200 ? true : undefined,
      () => AppError.terminal('test.odoo_silent', 'Odoo does not answer 200'),
      { withinMs: START_MS },
    );
  });

  afterAll(async () => {
    await shop?.end();
    await odoo?.stop();
    await postgres?.stop();
    await network?.stop();
  });

  it('needs no file of the template', async () => {
    const template = await connect(postgres, 'template_test');
    const { rows } = await template.query(
      `SELECT count(*) > 0 AS some, count(store_fname)::int AS files FROM ir_attachment`,
    );
    await template.end();
    expect(rows).toEqual([{ some: true, files: 0 }]);
  });

  it('shows its styles, scripts and logo', async () => {
    const page = await (await fetch(`${baseUrl}/web/login`)).text();
    const bundles = [...page.matchAll(/(?:href|src)="(\/web\/(?:content|assets)\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(bundles.length).toBeGreaterThan(1);
    for (const path of [...bundles, '/web/binary/company_logo']) {
      const response = await fetch(`${baseUrl}${path}`);
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  it('lets its own administrator in, and nobody with the password of the template', async () => {
    expect(await client.authenticate(baseUrl, { database: 'shop', ...ADMIN })).toEqual(expect.any(Number));
    expect(
      await client.authenticate(baseUrl, { database: 'shop', login: 'admin', password: 'admin' }),
    ).toBeUndefined();
    expect(
      await client.authenticate(baseUrl, { database: 'shop', login: ADMIN.login, password: 'admin' }),
    ).toBeUndefined();
  });

  it('says so when Odoo refuses a call', async () => {
    await expect(client.authenticate(baseUrl, { database: 'nothing_here', ...ADMIN })).rejects.toMatchObject({
      code: 'odoo.rpc_failed',
    });
  });

  it('passes the health check of its service', async () => {
    const { healthCheck } = server;
    const test = healthCheck === 'none' ? [] : healthCheck.test.slice(1);
    expect(await odoo.exec([...test])).toMatchObject({ exitCode: 0 });
  });

  it('is not changed by being personalised again', async () => {
    const before = await identity(shop);
    await personalise(shop);
    expect(await identity(shop)).toEqual(before);
    expect(before).toMatchObject({ 'database.uuid': IDENTITY.databaseUuid, company: 'A shop' });
  });
});

describe('OdooClient', () => {
  const client = new OdooClient();

  it('says undefined where nobody answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await client.probe(url, '/web/login', { timeoutMs: 5_000 })).toBeUndefined();
  });

  it('throws the reason when its caller gives up', async () => {
    const reason = new Error('not interested any more');
    const url = `http://127.0.0.1:${await freePort()}`;
    const probe = client.probe(url, '/', { timeoutMs: 5_000, signal: AbortSignal.abort(reason) });
    await expect(probe).rejects.toBe(reason);
  });

  it('calls a login without an answer unreachable, which may be tried again', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(client.authenticate(url, { database: 'shop', ...ADMIN })).rejects.toMatchObject({
      code: 'odoo.unreachable',
      retryable: true,
    });
  });
});

/** The container that Swarm would make of the specification; its data directory is an empty volume. */
function run(spec: OdooServiceSpec, network: StartedNetwork, configText: string): GenericContainer {
  const [executable, ...rest] = spec.command;
  const [config] = spec.secrets;
  const tmpfs = spec.mounts.filter(({ type }) => type === 'tmpfs');
  return new GenericContainer(spec.image)
    .withEntrypoint([executable!])
    .withCommand([...rest, ...spec.args])
    .withEnvironment(spec.environment)
    .withUser(spec.user)
    .withDroppedCapabilities(...spec.capabilitiesDrop)
    .withSecurityOpt('no-new-privileges')
    .withTmpFs(Object.fromEntries(tmpfs.map(({ target }) => [target, 'rw'])))
    .withCopyContentToContainer([{ content: configText, target: config!.target, mode: 0o444 }])
    .withNetwork(network)
    .withLabels(testLabels)
    .withStartupTimeout(START_MS);
}

function config(profile: ImageProfile, name: string): string {
  const database = { host: 'postgres', port: 5432, name, ...ROLE };
  return renderOdooConfig({ profile, database, masterPassword: 'not-admin', memoryBytes: 1024 ** 3 });
}

async function startPostgresIn(network: StartedNetwork): Promise<StartedTestContainer> {
  return new GenericContainer(await testImage('postgres'))
    .withEnvironment({ POSTGRES_PASSWORD: 'test' })
    .withCommand(['postgres', '-c', 'fsync=off'])
    .withExposedPorts(5432)
    .withNetwork(network)
    .withNetworkAliases('postgres')
    .withLabels(testLabels)
    .withStartupTimeout(START_MS)
    .start();
}

async function connect(postgres: StartedTestContainer, database: string): Promise<Client> {
  const connection = new Client({
    host: postgres.getHost(),
    port: postgres.getMappedPort(5432),
    user: 'postgres',
    password: 'test',
    database,
  });
  await connection.connect();
  return connection;
}

async function statements(postgres: StartedTestContainer, texts: readonly string[]): Promise<void> {
  const connection = await connect(postgres, 'postgres');
  for (const text of texts) await connection.query(text);
  await connection.end();
}

async function personalise(connection: Client): Promise<void> {
  const sql: SqlClient = {
    query: async <Row>(text: string, values?: readonly unknown[]) =>
      (await connection.query(text, values === undefined ? [] : [...values])).rows as Row[],
  };
  await connection.query('BEGIN');
  await personaliseDatabase(sql, {
    ...IDENTITY,
    adminLogin: ADMIN.login,
    adminPasswordHash: await hashOdooPassword(ADMIN.password, Buffer.alloc(16, 7)),
    baseUrl: 'http://shop.example.com',
    companyName: 'A shop',
  });
  await connection.query('COMMIT');
}

async function identity(connection: Client): Promise<Record<string, string>> {
  const { rows } = await connection.query<{ key: string; value: string }>(
    `SELECT key, value FROM ir_config_parameter
     UNION ALL SELECT 'company', name FROM res_company
     UNION ALL SELECT 'user ' || id, login || coalesce(password, '') FROM res_users`,
  );
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}
