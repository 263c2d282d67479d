import { randomBytes } from 'node:crypto';
import { InstanceEntity, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { AppError, randomSecret, SecretBox, until } from '@saasodoo/kernel';
import { createDataSource } from '@saasodoo/persistence';
import type { ServiceSpec } from '@saasodoo/swarm';
import { freePort, freshDatabase, freshVhost, newInstance, startPostgres } from '@saasodoo/testing';
import type { DataSource } from 'typeorm';
import { type MonitorProcess, MonitorUnderTest, type WatchedOdoo } from './monitor-under-test';

jest.setTimeout(180_000);

const KEY = randomBytes(32).toString('base64');
const HOST = '127.0.0.1';
const GIGABYTES = 1024 ** 3;

interface Answer {
  readonly code: string;
  readonly summary: string;
  readonly evidence: readonly { readonly fact: string; readonly value: string }[];
}

/** Faults that are injected into the real engine and a real PostgreSQL server. */
describe('a diagnosis', () => {
  let world: MonitorUnderTest;
  let monitor: MonitorProcess;
  let server: DataSource;

  beforeAll(async () => {
    const { url } = await startPostgres();
    server = createDataSource({ url, poolSize: 2, applicationName: 'test:tenants' });
    await server.initialize();
    world = await MonitorUnderTest.open({
      database: await freshDatabase({ entities: [InstanceEntity], poolSize: 20 }),
      broker: await freshVhost(),
      newInstance,
    });
    monitor = await world.start(environment(new URL(url)));
  });

  afterAll(async () => {
    await world.close();
    await server.destroy();
  });

  const environment = ({ port, username, password }: URL) => ({
    TENANT_DATABASE_HOST: HOST,
    TENANT_DATABASE_PORT: port,
    TENANT_DATABASE_ADMIN: username,
    TENANT_DATABASE_PASSWORD: password,
    ENCRYPTION_KEY: KEY,
  });

  const diagnose = async ({ id }: WatchedOdoo, by = monitor): Promise<Answer> => {
    const { status, text } = await world.ask(by, `/internal/instances/${id}/diagnosis`);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return JSON.parse(text) as Answer;
  };

  /** The diagnosis once it is the one that is expected; faults take a moment to show. */
  const expectCode = async (odoo: WatchedOdoo, code: string, by = monitor): Promise<Answer> => {
    let last: Answer | undefined;
    return until(
      async () => {
        last = await diagnose(odoo, by);
        return last.code === code ? last : undefined;
      },
      () => AppError.terminal('test.not_named', `expected ${code}, got ${JSON.stringify(last)}`),
      { withinMs: 60_000, everyMs: 200 },
    );
  };

  /** Its own role and database on the tenants' server. */
  const withDatabase = async (odoo: WatchedOdoo) => {
    const [{ name }] = await world.dataSource.query<[{ name: string }]>(
      'SELECT database_name AS name FROM instance WHERE id = $1',
      [odoo.id],
    );
    const [role, password] = [`role_${name}`, randomSecret()];
    await server.query(`CREATE ROLE "${role}" LOGIN PASSWORD '${password}'`);
    await server.query(`CREATE DATABASE "${name}" OWNER "${role}"`);
    await new InstanceSecretsRepository(new SecretBox(KEY)).set(world.dataSource.manager, odoo.id, {
      databasePassword: password,
    });
    await world.set(odoo.id, { database_server: HOST, database_role: role });
    const remove = async () => {
      await server.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await server.query(`DROP ROLE "${role}"`);
    };
    return { name, role, remove };
  };

  it('finds nothing where nothing is wrong', async () => {
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ healthy }) => healthy === 'true');
    expect(await diagnose(odoo)).toMatchObject({ code: 'instance.serving' });
  });

  it.each<[string, Partial<ServiceSpec>, string, RegExp]>([
    ['a bad image', { image: 'saasodoo/no-such:1' }, 'image.unavailable', /No such image/],
    ['a wrong command', { command: ['/no/such/program'] }, 'task.start_failed', /no such file|not found/i],
    [
      'a loop of exits',
      {
        command: ['sh', '-c', 'echo "ValueError: bad option" >&2; exit 3'],
        restartPolicy: { condition: 'any', delayMs: 100 },
      },
      'task.crash_loop',
      /non-zero exit \(3\).*ValueError: bad option/,
    ],
    [
      'no memory',
      {
        command: ['sh', '-c', 'x=a; while true; do x=$x$x; done'],
        limits: { memoryBytes: 16 * 1024 ** 2 },
      },
      'task.out_of_memory',
      /16 MiB/,
    ],
    [
      'a missing directory',
      { mounts: [{ type: 'bind', source: '/no/such/directory', target: '/data' }] },
      'storage.directory_missing',
      /\/no\/such\/directory does not exist/,
    ],
    [
      'a label that no node carries',
      { constraints: ['node.labels.saasodoo.monitor-test==true'] },
      'node.label_missing',
      /saasodoo\.monitor-test=true/,
    ],
    [
      'a reservation that is too large',
      { reservations: { cpus: 500, memoryBytes: GIGABYTES } },
      'node.resources_short',
      /500 CPUs/,
    ],
    ['a CPU limit above the node', { limits: { cpus: 500 } }, 'node.cpu_limit', /Range of CPUs/],
  ])('names %s', async (_, change, code, summary) => {
    const odoo = await world.odoo(change);
    const found = await expectCode(odoo, code);
    expect(found.summary).toMatch(summary);
    await world.swarm.services.scale(odoo.serviceId, 0);
  });

  it('names a service that was scaled to 0, then removed, then a secret that is gone', async () => {
    const odoo = await world.odoo();
    await world.swarm.services.scale(odoo.serviceId, 0);
    await expectCode(odoo, 'service.scaled_to_zero');
    await world.swarm.services.remove(odoo.serviceId);
    await expectCode(odoo, 'service.missing');
    for (const { id } of await world.swarm.secrets.list({ labels: { 'saasodoo.instance.id': odoo.id } }))
      await world.swarm.secrets.remove(id);
    await expectCode(odoo, 'secret.missing');
  });

  it('names an Odoo that hangs', async () => {
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ healthy }) => healthy === 'true');
    odoo.status = undefined;
    expect((await expectCode(odoo, 'odoo.not_answering')).summary).toMatch(/nobody answers/);
  });

  it('names a password that was changed, and a database that was dropped', async () => {
    const odoo = await world.odoo();
    const { name, role, remove } = await withDatabase(odoo);
    await world.seen(odoo.id, ({ healthy }) => healthy === 'true');
    await expectCode(odoo, 'instance.serving');
    await server.query(`ALTER ROLE "${role}" PASSWORD 'changed-by-hand'`);
    await expectCode(odoo, 'database.login_refused');
    await server.query(`DROP DATABASE "${name}" WITH (FORCE)`);
    await expectCode(odoo, 'database.missing');
    await remove();
  });

  it('names a database server that is down, and a network that is missing', async () => {
    const odoo = await world.odoo();
    await world.set(odoo.id, { database_server: HOST });
    const nowhere = new URL(`postgres://admin:nobody@${HOST}:${await freePort()}`);
    const cutOff = await world.start(environment(nowhere));
    await expectCode(odoo, 'database.server_down', cutOff);
    await world.stop(cutOff);
    const elsewhere = await world.start({ TENANT_NETWORK: `${world.platform}-missing` });
    await expectCode(odoo, 'network.missing', elsewhere);
    await world.stop(elsewhere);
  });

  it('names a network that is full', async () => {
    const name = `${world.platform}-full`;
    const labels = { 'saasodoo.platform': world.platform };
    // It takes the engine a moment to list a network that it has just made.
    const network = await until(
      () =>
        world.swarm.networks.createOverlay({ name, labels, subnet: '10.253.77.0/29' }).catch(() => undefined),
      () => AppError.terminal('test.no_network', 'the network was not made'),
      { withinMs: 20_000 },
    );
    const crowded = await world.start({ TENANT_NETWORK: name });
    const crowd = Array.from({ length: 7 }, () => world.odoo({ networks: [network.id] }));
    const last = (await Promise.all(crowd)).at(-1);
    if (last === undefined) throw new Error('nobody came');
    const late = await world.odoo({ networks: [network.id] });
    await expectCode(late, 'network.full', crowded);
    await world.stop(crowded);
  });

  it.each([
    ['stopped', { status: 'stopped', desired_state: 'stopped' }, 'instance.stopped'],
    ['suspended', { status: 'suspended', desired_state: 'suspended' }, 'instance.suspended'],
    [
      'never made',
      { status: 'error', database_server: null, error: '{"code":"x","message":"no such image"}' },
      'instance.creation_failed',
    ],
  ])('names an instance that was %s', async (_, values, code) => {
    const odoo = await world.odoo({ replicas: 0 });
    await world.set(odoo.id, values);
    await expectCode(odoo, code);
  });

  it('is given to nobody without the key, and of nothing that is not there', async () => {
    const path = '/internal/instances/019b0000-0000-7000-8000-000000000001/diagnosis';
    expect((await world.ask(monitor, path, 'wrong')).status).toBe(401);
    expect(await world.ask(monitor, path)).toMatchObject({ status: 404 });
    expect((await world.ask(monitor, '/internal/instances/nonsense/diagnosis')).status).toBe(404);
    expect((await world.ask(monitor, '/internal/services/nobody')).status).toBe(404);
  });

  it('comes with the services and their tasks', async () => {
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ task }) => task?.state === 'running');
    const one = JSON.parse(
      (await world.ask(monitor, `/internal/services/${odoo.serviceName}`)).text,
    ) as object;
    expect(one).toMatchObject({
      name: odoo.serviceName,
      instance_id: odoo.id,
      replicas: 1,
      tasks: [{ state: 'running', exit_code: null }],
    });
    const all = JSON.parse((await world.ask(monitor, '/internal/services')).text) as { services: object[] };
    expect(all.services).toContainEqual(one);
  });
});
