import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, loadConfig } from '@saasodoo/bootstrap';
import { InstanceRepository, ObservationRepository } from '@saasodoo/instances/data-access';
import type { NewInstance, Observation } from '@saasodoo/instances/domain';
import { AppError, until } from '@saasodoo/kernel';
import { createLogger } from '@saasodoo/observability';
import { connectSwarm, type ServiceSpec, type Swarm } from '@saasodoo/swarm';
import type { DataSource } from 'typeorm';
import { MonitorConfig } from '../src/app/app.config';
import { AppModule } from '../src/app/app.module';

export const NETWORK = 'saasodoo-network';
const IMAGE = 'saasodoo/debian:trixie-slim';
const SEEN_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 60_000;

/** An instance whose Odoo is a container that sleeps, and an HTTP server of the test. */
export interface WatchedOdoo {
  readonly id: string;
  readonly customerId: string;
  readonly serviceName: string;
  readonly serviceId: string;
  /** What it answers; nothing at all when undefined. */
  status: number | undefined;
}

export interface MonitorProcess {
  readonly app: NestFastifyApplication;
  readonly url: string;
}

/** What monitors stand on; it is removed with them. */
export interface Ground {
  readonly database: { readonly url: string; readonly dataSource: DataSource; close(): Promise<void> };
  readonly broker: { readonly url: string; remove(): Promise<void> };
  readonly newInstance: () => NewInstance;
}

/** A corner of the real Swarm, a database and a virtual host, and as many monitors as a test wants. */
export class MonitorUnderTest {
  readonly key = randomBytes(32).toString('base64');
  readonly platform = `mon${randomBytes(4).toString('hex')}`;
  readonly observations: ObservationRepository;
  private readonly monitors = new Set<NestFastifyApplication>();
  private readonly servers: Server[] = [];

  private constructor(
    readonly swarm: Swarm,
    private readonly ground: Ground,
  ) {
    this.observations = new ObservationRepository(this.dataSource);
  }

  static async open(ground: Ground): Promise<MonitorUnderTest> {
    return new MonitorUnderTest(await connectSwarm(), ground);
  }

  get dataSource(): DataSource {
    return this.ground.database.dataSource;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<MonitorProcess> {
    const config = loadConfig(MonitorConfig, {
      CONTROL_DATABASE_URL: this.ground.database.url,
      RABBITMQ_URL: this.ground.broker.url,
      MONITOR_KEY: this.key,
      PLATFORM_NAME: this.platform,
      TENANT_NETWORK: NETWORK,
      ODOO_IMAGES: '{"17.0":{"image":"saasodoo/debian:trixie-slim","profile":"official"}}',
      MONITOR_TICK_MS: '500',
      MONITOR_PROBE_EVERY_MS: '500',
      MONITOR_PROBE_TIMEOUT_MS: '300',
      ...environment,
    });
    const app = await createHttpApp(AppModule, config, createLogger({ name: 'monitor', level: 'silent' }));
    await app.listen(0, '127.0.0.1');
    this.monitors.add(app);
    const { port } = app.getHttpServer().address() as AddressInfo;
    return { app, url: `http://127.0.0.1:${port}` };
  }

  async stop({ app }: MonitorProcess): Promise<void> {
    this.monitors.delete(app);
    await app.close();
  }

  /** An instance that runs; its service may be another one than usual. */
  async odoo(change: Partial<ServiceSpec> = {}): Promise<WatchedOdoo> {
    const wish = this.ground.newInstance();
    const odoo = { id: wish.id, customerId: wish.customerId, serviceName: wish.serviceName };
    const watched: WatchedOdoo & { serviceId: string } = Object.assign(odoo, { status: 200, serviceId: '' });
    const url = await this.answerFor(watched);
    const { dataSource } = this;
    await new InstanceRepository(dataSource).insert(dataSource.manager, wish);
    const labels = this.labels(wish.id);
    await this.swarm.secrets.create({ name: `odoo-${wish.id}`, labels, data: 'configuration' });
    const { id: serviceId } = await this.swarm.services.create(await this.spec(watched, change));
    await this.set(wish.id, { status: 'running', service_id: serviceId, internal_url: url });
    await this.set(wish.id, { database_server: 'unknown-server' });
    return Object.assign(watched, { serviceId });
  }

  async set(id: string, values: Readonly<Record<string, string | null>>): Promise<void> {
    const columns = Object.keys(values).map((column, index) => `${column} = $${index + 2}`);
    await this.dataSource.query(`UPDATE instance SET ${columns.join(', ')} WHERE id = $1`, [
      id,
      ...Object.values(values),
    ]);
  }

  /** The first observation of the instance that is as wanted. */
  async seen(id: string, isWanted: (observation: Observation) => boolean): Promise<Observation> {
    let last: Observation | undefined;
    return until(
      async () => {
        last = await this.observations.find(id);
        return last !== undefined && isWanted(last) ? last : undefined;
      },
      () => AppError.terminal('test.not_seen', `the last observation is ${JSON.stringify(last)}`),
      { withinMs: SEEN_WITHIN_MS, everyMs: 50 },
    );
  }

  /** Reasons of the instance's history, oldest first. */
  async reasons(id: string): Promise<string[]> {
    const { changes } = await this.observations.history(id, { page: 1, pageSize: 100 });
    return changes.map(({ reason }) => reason).reverse();
  }

  /** Types of the events about an instance, in the order they were written, sent or not. */
  async events(id: string): Promise<string[]> {
    const rows = await this.dataSource.query<{ type: string }[]>(
      `SELECT type FROM (SELECT message_id, type, subject FROM outbox
                          UNION ALL SELECT message_id, type, subject FROM outbox_archive) AS message
        WHERE subject = $1 ORDER BY message_id`,
      [id],
    );
    return rows.map(({ type }) => type);
  }

  async ask(
    monitor: MonitorProcess,
    path: string,
    key = this.key,
  ): Promise<{ status: number; text: string }> {
    const response = await fetch(`${monitor.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: response.status, text: await response.text() };
  }

  /** Kills the container of the instance's task, as the kernel would. */
  async kill(id: string): Promise<void> {
    const { task } = await this.seen(id, (seen) => seen.task?.containerId !== undefined);
    await promisify(execFile)('docker', ['kill', task?.containerId ?? '']);
  }

  async close(): Promise<void> {
    for (const app of this.monitors) await app.close();
    for (const server of this.servers) server.close();
    const labels = { 'saasodoo.platform': this.platform };
    const services = await this.swarm.services.list({ labels });
    await Promise.all(services.map(({ id }) => this.swarm.services.remove(id)));
    await Promise.all(
      services.map(({ id }) => this.swarm.convergence.awaitGone(id, { withinMs: GONE_WITHIN_MS, labels })),
    );
    const secrets = await this.swarm.secrets.list({ labels });
    await Promise.all(secrets.map(({ id }) => this.swarm.secrets.remove(id)));
    const networks = (await this.swarm.networks.list()).filter(
      (network) => network.labels['saasodoo.platform'] === this.platform,
    );
    await Promise.all(networks.map(({ id }) => this.swarm.networks.remove(id)));
    this.swarm.close();
    await this.ground.broker.remove();
    await this.ground.database.close();
  }

  private async spec(
    odoo: Pick<WatchedOdoo, 'id' | 'serviceName'>,
    change: Partial<ServiceSpec>,
  ): Promise<ServiceSpec> {
    const labels = this.labels(odoo.id);
    return {
      name: odoo.serviceName,
      labels,
      containerLabels: labels,
      image: IMAGE,
      command: ['sh', '-c', 'echo hello; echo oh >&2; exec sleep 1000'],
      networks: [await this.swarm.networks.resolve(NETWORK)],
      endpointMode: 'dnsrr',
      stopGracePeriodMs: 1_000,
      restartPolicy: { condition: 'any', delayMs: 1_000 },
      revision: 1,
      ...change,
    };
  }

  private labels(id: string): Readonly<Record<string, string>> {
    return { 'saasodoo.managed': 'true', 'saasodoo.platform': this.platform, 'saasodoo.instance.id': id };
  }

  private async answerFor(odoo: Pick<WatchedOdoo, 'status'>): Promise<string> {
    const server = createServer((_request, response) => {
      if (odoo.status === undefined) return;
      response.writeHead(odoo.status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}
