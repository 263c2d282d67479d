import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, loadConfig } from '@saasodoo/bootstrap';
import { TenantDatabases } from '@saasodoo/databases';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { NewInstance } from '@saasodoo/instances/domain';
import { databaseRoleName, storageDirectoryName } from '@saasodoo/instances/domain';
import { newId, randomSecret, until } from '@saasodoo/kernel';
import { createLogger } from '@saasodoo/observability';
import { FinalDumps, LocalStorage } from '@saasodoo/storage';
import { connectSwarm, INSTANCE_ID_LABEL, type ServiceSpec, type Swarm } from '@saasodoo/swarm';
import type { DataSource } from 'typeorm';
import { JanitorConfig } from '../src/app/app.config';
import { AppModule } from '../src/app/app.module';
import type { RunReport } from '../src/app/runs/run-report';

const IMAGE = 'saasodoo/debian:trixie-slim';
const DAY_MS = 86_400_000;
const NEVER_BY_ITSELF = '86400';

/** What a world stands on; it is removed with it. */
export interface Ground {
  readonly database: { readonly url: string; readonly dataSource: DataSource; close(): Promise<void> };
  readonly broker: { readonly url: string; remove(): Promise<void> };
  /** Where the tenants' databases are; tests of others may use it as well. */
  readonly tenantServerUrl: string;
  readonly newInstance: (change?: Partial<NewInstance>) => NewInstance;
  /** On everything in the Swarm, so that what a dead test left can be found. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A janitor with everything it looks at, all of it real; other platforms are on the same Swarm and the same server. */
export class JanitorWorld {
  readonly platform = `jt${randomBytes(5).toString('hex')}`;
  readonly key = randomBytes(32).toString('base64');
  readonly log: string[] = [];
  readonly storage: LocalStorage;
  readonly dumps: FinalDumps;
  private app: NestFastifyApplication | undefined;

  private constructor(
    private readonly ground: Ground,
    readonly swarm: Swarm,
    readonly storageRoot: string,
  ) {
    this.storage = new LocalStorage(storageRoot, this.platform);
    this.dumps = new FinalDumps(storageRoot, this.platform);
  }

  static async open(ground: Ground): Promise<JanitorWorld> {
    const storageRoot = await mkdtemp(join(tmpdir(), 'saasodoo-janitor-'));
    return new JanitorWorld(ground, await connectSwarm(), storageRoot);
  }

  get dataSource(): DataSource {
    return this.ground.database.dataSource;
  }

  /** What the process of a janitor of this world is told. */
  environment(change: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { hostname, port, username, password } = new URL(this.ground.tenantServerUrl);
    return {
      CONTROL_DATABASE_URL: this.ground.database.url,
      CONTROL_DATABASE_PASSWORD: 'in the url',
      RABBITMQ_URL: this.ground.broker.url,
      RABBITMQ_PASSWORD: 'in the url',
      JANITOR_KEY: this.key,
      PLATFORM_NAME: this.platform,
      TENANT_DATABASE_HOST: hostname,
      TENANT_DATABASE_PORT: port,
      TENANT_DATABASE_ADMIN: username,
      TENANT_DATABASE_PASSWORD: password,
      STORAGE_ROOT: this.storageRoot,
      JANITOR_EVERY_S: NEVER_BY_ITSELF,
      JANITOR_MIN_AGE_S: '0',
      ...change,
    };
  }

  /** Starts the app, again with other settings when it runs already. */
  async start(change: Readonly<Record<string, string>> = {}): Promise<NestFastifyApplication> {
    await this.app?.close();
    const logger = createLogger({
      name: 'janitor',
      destination: { write: (line) => void this.log.push(line) },
    });
    const config = loadConfig(JanitorConfig, this.environment(change));
    this.app = await createHttpApp(AppModule, config, logger);
    await this.app.init();
    await this.app.getHttpAdapter().getInstance().ready();
    return this.app;
  }

  /** One run, on demand; fails when the answer is not 200. */
  async run(query = ''): Promise<RunReport> {
    const { status, body } = await this.ask('POST', `/internal/run${query}`);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body as RunReport;
  }

  async ask(method: 'GET' | 'POST', url: string, key = this.key): Promise<{ status: number; body: unknown }> {
    const app = this.app ?? (await this.start());
    const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${key}` } });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  }

  async metrics(): Promise<string> {
    const app = this.app ?? (await this.start());
    return (await app.inject({ method: 'GET', url: '/metrics' })).body;
  }

  // ------------------------------------------------------------------------------------------- what is made and found

  /** An instance in the control database; nothing of it exists outside. */
  async instance(change: Partial<NewInstance> = {}): Promise<NewInstance> {
    const instance = this.ground.newInstance(change);
    const instances = new InstanceRepository(this.dataSource);
    await this.dataSource.transaction((em) => instances.insert(em, instance));
    return instance;
  }

  labels(instanceId: string, platform = this.platform): Record<string, string> {
    return {
      ...this.ground.labels,
      'saasodoo.managed': 'true',
      'saasodoo.platform': platform,
      [INSTANCE_ID_LABEL]: instanceId,
    };
  }

  /** A service that sleeps. */
  async service(instanceId: string, change: Partial<ServiceSpec> = {}): Promise<string> {
    const spec = {
      name: `${this.platform}-${randomBytes(4).toString('hex')}`,
      labels: this.labels(instanceId),
      image: IMAGE,
      command: ['sleep', '1000'],
      endpointMode: 'dnsrr' as const,
      stopGracePeriodMs: 1_000,
      ...change,
    };
    return (await this.swarm.services.create(spec)).id;
  }

  async secret(labels: Record<string, string>): Promise<{ readonly id: string; readonly name: string }> {
    const name = `${this.platform}-${randomBytes(4).toString('hex')}`;
    const { id } = await this.swarm.secrets.create({ name, labels, data: 'x' });
    return { id, name };
  }

  /** A tenant server seen with the eyes of a platform. */
  async tenants<T>(work: (databases: TenantDatabases) => Promise<T>, platform = this.platform): Promise<T> {
    const {
      hostname: host,
      port,
      username: adminUser,
      password: adminPassword,
    } = new URL(this.ground.tenantServerUrl);
    const databases = new TenantDatabases({
      ...{ name: 'tenants', host, port: Number(port), adminUser, adminPassword, platform },
      adminDatabase: 'postgres',
    });
    try {
      return await work(databases);
    } finally {
      await databases.close();
    }
  }

  /** Role and database of an instance, as a creation makes them. */
  async tenantDatabase(
    { id, databaseName }: Pick<NewInstance, 'id' | 'databaseName'>,
    platform = this.platform,
  ): Promise<{ readonly name: string; readonly role: string; readonly password: string }> {
    const made = { name: databaseName, role: databaseRoleName(id), password: randomSecret() };
    await this.tenants(async (databases) => {
      await databases.ensureRole(made.role, made.password);
      await databases.ensureDatabase({ name: made.name, owner: made.role, instanceId: id });
    }, platform);
    return made;
  }

  async directory({ id, databaseName }: Pick<NewInstance, 'id' | 'databaseName'>): Promise<string> {
    const name = storageDirectoryName(databaseName, id);
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    await this.storage.ensureDirectory(name, { instanceId: id, uid, gid, quotaBytes: 1 });
    return name;
  }

  /** Lets so much time have passed for every tombstone. */
  async age(milliseconds = DAY_MS): Promise<void> {
    await this.dataSource.query(
      `UPDATE tombstone SET found_at = found_at - $1 * interval '1 millisecond',
         quarantined_at = quarantined_at - $1 * interval '1 millisecond'`,
      [milliseconds],
    );
  }

  async terminate(instanceId: string): Promise<void> {
    await this.dataSource.query(`UPDATE instance SET status = 'terminated' WHERE id = $1`, [instanceId]);
  }

  /** Open tombstones as `kind name`, with a star when in quarantine. */
  async tombstones(): Promise<string[]> {
    const rows: { mark: string }[] = await this.dataSource.query(
      `SELECT kind || ' ' || name || CASE WHEN quarantined_at IS NULL THEN '' ELSE ' *' END AS mark
       FROM tombstone WHERE deleted_at IS NULL ORDER BY kind, name`,
    );
    return rows.map(({ mark }) => mark);
  }

  /** The alarms in the outbox or sent from it. */
  async alarms(): Promise<string[]> {
    const rows: { code: string }[] = await this.dataSource.query(
      `SELECT payload ->> 'code' AS code FROM (
         SELECT type, payload FROM outbox UNION ALL SELECT type, payload FROM outbox_archive) sent
       WHERE type = 'platform.alarm_raised.v1'`,
    );
    return rows.map(({ code }) => code);
  }

  /** Resolves when the control database answers. */
  async answering(): Promise<void> {
    await until(
      () =>
        this.dataSource.query('SELECT 1').then(
          () => true as const,
          () => undefined,
        ),
      () => new Error('the control database does not answer'),
      { withinMs: 60_000 },
    );
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }

  /** Nothing of this world stays, also of what another platform is said to have made in it. */
  async close(): Promise<void> {
    await this.stop();
    await this.clearSwarm();
    await this.clearTenants();
    await rm(this.storageRoot, { recursive: true, force: true });
    this.swarm.close();
    await this.ground.broker.remove();
    await this.ground.database.close();
  }

  private async clearSwarm(): Promise<void> {
    const isMine = ({ name }: { readonly name: string }): boolean => name.startsWith(this.platform);
    for (const { id } of (await this.swarm.services.list()).filter(isMine))
      await this.swarm.services.remove(id);
    for (const secret of (await this.swarm.secrets.list()).filter(isMine))
      await this.swarm.secrets.remove(secret.id);
    for (const { id } of (await this.swarm.networks.list()).filter(isMine)) {
      await until(
        () =>
          this.swarm.networks.remove(id).then(
            () => true as const,
            () => undefined,
          ),
        () => new Error(`network ${id} is still in use`),
        { withinMs: 60_000 },
      );
    }
  }

  private async clearTenants(): Promise<void> {
    await this.tenants(async (databases) => {
      const isMine = ({ platform }: { readonly platform: string | undefined }): boolean =>
        platform?.startsWith(this.platform) === true;
      for (const { name, owner, isHalfBuilt, isTemplate } of (await databases.list()).filter(isMine)) {
        if (isHalfBuilt || isTemplate) await databases.dropTemplate(name);
        else await databases.dropDatabase(name, { owner });
      }
      for (const { name } of (await databases.listRoles()).filter(isMine)) await databases.dropRole(name);
    });
  }
}

/** An instance nobody has ever heard of. */
export function stranger(): { readonly id: string; readonly databaseName: string } {
  const id = newId();
  return { id, databaseName: `s${id.replaceAll('-', '')}` };
}
