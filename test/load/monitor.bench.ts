import 'reflect-metadata';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import { InstanceObserved } from '@saasodoo/contracts';
import { InstanceEntity, InstanceRepository, ObservationRepository } from '@saasodoo/instances/data-access';
import type { NewObservation, Observation } from '@saasodoo/instances/domain';
import { until } from '@saasodoo/kernel';
import { Outbox, OutboxSignal } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { connectSwarm, type ServiceSpec, type Swarm } from '@saasodoo/swarm';
import {
  freePort,
  freshDatabase,
  newInstance,
  startDisposablePostgres,
  startDisposableRabbitMq,
} from '@saasodoo/testing';
import type { DataSource } from 'typeorm';

/**
 * What one look at everything costs the monitor, and how soon somebody knows: a pass and its Docker calls at a growing
 * number of services that no node takes; a container killed until its observation says so; an observation committed until
 * a client's stream has it. Monitor and gateway run as in production, each a process of its own.
 */
const SIZES = [10, 100, 500];
const PASSES = 15;
const KILLS = 5;
const EVENTS = 200;
const CREATE_AT_ONCE = 8;
const IMAGE = 'saasodoo/debian:trixie-slim';
const HEALTHY_WITHIN_MS = 60_000;

const inDist = (path: string): string => join(__dirname, '../../dist', path);

/** One line of the result. */
export type BenchRow = readonly (string | number)[];

export interface MonitorBench {
  readonly method: string;
  /** The first row is the head. */
  readonly rows: readonly BenchRow[];
}

interface Ground {
  readonly swarm: Swarm;
  readonly dataSource: DataSource;
  readonly environment: Readonly<Record<string, string>>;
  readonly platform: string;
}

/** Runs the benchmark against servers and services that it starts and removes. Needs dist/ (`npm run build`). */
export async function run(): Promise<MonitorBench> {
  Logger.overrideLogger(false);
  const postgres = await startDisposablePostgres();
  const broker = await startDisposableRabbitMq();
  const database = await freshDatabase({ serverUrl: postgres.url, entities: [InstanceEntity] });
  const swarm = await connectSwarm();
  const platform = `bench${randomBytes(4).toString('hex')}`;
  const ground = {
    swarm,
    platform,
    dataSource: database.dataSource,
    environment: environmentOf(database.url, broker.url, platform),
  };
  try {
    return { method: METHOD, rows: [HEAD, ...(await streams(ground)), ...(await watched(ground))] };
  } finally {
    const services = await swarm.services.list({ labels: { 'saasodoo.platform': platform } });
    for (const { id } of services) await swarm.services.remove(id);
    swarm.close();
    await database.close();
    await postgres.container.remove();
    await broker.container.remove();
  }
}

const HEAD: BenchRow = ['measured', 'median', 'p95', 'Docker calls'];

const METHOD =
  `Monitor, gateway, PostgreSQL 17 (fsync on), RabbitMQ and the engine on the same ${cpus().length} cores; passes: mean of ` +
  `${PASSES} at a tick of one second; kills: ${KILLS}, watched in PostgreSQL every 5 ms; events: ${EVENTS}, one at a time.`;

function environmentOf(database: string, broker: string, platform: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    CONTROL_DATABASE_URL: database,
    RABBITMQ_URL: broker,
    PLATFORM_NAME: platform,
    MONITOR_KEY: randomBytes(32).toString('base64'),
    ACCESS_TOKEN_KEY: randomBytes(32).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    ...{ QUOTA_INSTANCES: '1000000', QUOTA_CPUS: '1000000', QUOTA_MEMORY: '8000T' },
    ODOO_IMAGES: '{"17.0":{"image":"odoo:17.0","profile":"official"}}',
  };
}

/** Kills and passes share one monitor; first the kills, while there is little else. */
async function watched(ground: Ground): Promise<BenchRow[]> {
  const monitor = await App.start('monitor', ground.environment);
  try {
    const killed = await kills(ground);
    const rows: BenchRow[] = [
      ['container killed → observation, ms', percentile(killed, 50), percentile(killed, 95), ''],
    ];
    let services = 1;
    for (const size of SIZES) {
      await createServices(ground, size - services);
      services = size;
      rows.push([`one pass over ${size} services, ms`, ...(await passes(monitor, ground, size))]);
    }
    return rows;
  } finally {
    await monitor.stop();
  }
}

/** Mean, nothing, Docker calls: once all are observed and nothing changes any more. */
async function passes(monitor: App, { dataSource }: Ground, size: number): Promise<BenchRow> {
  const count = async (): Promise<true | undefined> => {
    const [row] = await dataSource.query<{ seen: number }[]>(
      'SELECT count(*)::int AS seen FROM instance_observation',
    );
    return (row?.seen ?? 0) >= size ? true : undefined;
  };
  await until(count, () => new Error('not all were observed'), { withinMs: 120_000 });
  const before = await monitor.passes();
  const enough = async (): Promise<true | undefined> =>
    (await monitor.passes()).count >= before.count + PASSES ? true : undefined;
  await until(enough, () => new Error('the monitor stands still'), { withinMs: 300_000 });
  const after = await monitor.passes();
  const mean = ((after.seconds - before.seconds) / (after.count - before.count)) * 1000;
  return [round(mean), '', after.calls];
}

async function createServices(ground: Ground, count: number): Promise<void> {
  const nowhere = { constraints: ['node.labels.saasodoo.bench==nowhere'] };
  for (let left = count; left > 0; left -= CREATE_AT_ONCE) {
    const batch = Array.from({ length: Math.min(left, CREATE_AT_ONCE) });
    await Promise.all(batch.map(() => createInstance(ground, 'http://127.0.0.1:9', nowhere)));
  }
}

async function createInstance(
  { swarm, dataSource, platform }: Ground,
  internalUrl: string,
  change: Partial<ServiceSpec>,
): Promise<string> {
  const wish = newInstance();
  await new InstanceRepository(dataSource).insert(dataSource.manager, wish);
  const labels = { 'saasodoo.platform': platform, 'saasodoo.instance.id': wish.id };
  const { id } = await swarm.services.create({
    ...{
      name: wish.serviceName,
      labels,
      containerLabels: labels,
      image: IMAGE,
      endpointMode: 'dnsrr' as const,
    },
    command: ['sleep', '100000'],
    stopGracePeriodMs: 500,
    restartPolicy: { condition: 'any', delayMs: 1_000 },
    revision: 1,
    ...change,
  });
  await dataSource.query(
    `UPDATE instance SET status = 'running', service_id = $2, internal_url = $3 WHERE id = $1`,
    [wish.id, id, internalUrl],
  );
  return wish.id;
}

/** Milliseconds from the kill until PostgreSQL has the observation. */
async function kills(ground: Ground): Promise<number[]> {
  const odoo = createServer((_request, response) => response.end());
  odoo.listen(0, '127.0.0.1');
  await once(odoo, 'listening');
  const id = await createInstance(ground, `http://127.0.0.1:${(odoo.address() as AddressInfo).port}`, {});
  const observations = new ObservationRepository(ground.dataSource);
  const seen = (healthy: Observation['healthy'], everyMs: number) =>
    until(
      async () => {
        const found = await observations.find(id);
        return found?.healthy === healthy ? found : undefined;
      },
      () => new Error(`it never became ${healthy}`),
      { withinMs: HEALTHY_WITHIN_MS, everyMs },
    );
  const times: number[] = [];
  for (let count = 0; count < KILLS; count += 1) {
    const { task } = await seen('true', 50);
    const startedAt = performance.now();
    await promisify(execFile)('docker', ['kill', task?.containerId ?? '']);
    await seen('false', 5);
    times.push(performance.now() - startedAt);
  }
  odoo.close();
  return times;
}

/** Milliseconds from the commit of an observation until a stream of the gateway has it. */
async function streams({ dataSource, environment }: Ground): Promise<BenchRow[]> {
  const gateway = await App.start('api-gateway', environment);
  const signal = new OutboxSignal(dataSource);
  const outbox = new Outbox('monitor', signal);
  try {
    const { token, customerId } = await gateway.newCustomer();
    const wish = newInstance({ customerId });
    await new InstanceRepository(dataSource).insert(dataSource.manager, wish);
    const response = await fetch(`${gateway.url}/instance/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    const told = new Told(response);
    const times: number[] = [];
    for (let count = 0; count < EVENTS; count += 1) {
      const sequence = await observe(dataSource, outbox, { id: wish.id, healthy: count % 2 === 0 });
      const committedAt = performance.now();
      outbox.wake();
      await told.has(sequence);
      times.push(performance.now() - committedAt);
    }
    await told.close();
    return [['event → SSE client, ms', percentile(times, 50), percentile(times, 95), '']];
  } finally {
    signal.close();
    await gateway.stop();
  }
}

async function observe(
  dataSource: DataSource,
  outbox: Outbox,
  { id, healthy }: { readonly id: string; readonly healthy: boolean },
): Promise<number> {
  const now = new Date();
  const seen: NewObservation = {
    ...{ instanceId: id, healthy: healthy ? 'true' : 'false', reason: healthy ? 'Serving' : 'NoTask' },
    ...{ message: 'bench', failures: 0, secretPresent: true, networkPresent: true, observedAt: now },
  };
  return runInTransaction(dataSource, async (em) => {
    const pass = { startedAt: now, changed: [seen] };
    const [change] = await new ObservationRepository(dataSource).record(em, pass);
    if (change === undefined) throw new Error('nothing changed');
    const { sequence, reason, message } = change;
    const payload = { instance_id: id, sequence, healthy: change.healthy, reason, message };
    await outbox.append(em, InstanceObserved, payload, { subject: id });
    return sequence;
  });
}

/** Waits for events of a stream by their id. */
class Told {
  private text = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor({ body }: Response) {
    if (body === null) throw new Error('the stream has no body');
    this.reader = body.getReader();
  }

  async has(sequence: number): Promise<void> {
    while (!this.text.includes(`id: ${sequence}\nevent: health`)) {
      const { value, done } = await this.reader.read();
      if (done) throw new Error('the stream ended');
      this.text = (this.text + new TextDecoder().decode(value)).slice(-10_000);
    }
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }
}

/** An app as a process of its own, as in production. */
class App {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(name: string, environment: Readonly<Record<string, string>>): Promise<App> {
    const port = await freePort();
    const child = spawn(process.execPath, [inDist(`apps/${name}/src/main.js`)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...environment, HTTP_PORT: String(port) },
    });
    const app = new App(child, `http://127.0.0.1:${port}`);
    const isReady = (): Promise<true | undefined> =>
      fetch(`${app.url}/readyz`).then(
        ({ ok }) => (ok ? true : undefined),
        () => undefined,
      );
    await until(isReady, () => new Error(`the ${name} did not become ready`), { withinMs: 30_000 });
    return app;
  }

  async passes(): Promise<{ readonly count: number; readonly seconds: number; readonly calls: number }> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
    return {
      count: value('saasodoo_monitor_pass_seconds_count'),
      seconds: value('saasodoo_monitor_pass_seconds_sum'),
      calls: value('saasodoo_monitor_docker_calls'),
    };
  }

  async newCustomer(): Promise<{ readonly token: string; readonly customerId: string }> {
    const login = { email: 'bench@example.com', password: 'Bench-123' };
    const { id } = await this.post<{ id: string }>('/register', {
      ...login,
      first_name: 'Bench',
      last_name: 'Mark',
    });
    const { access_token: token } = await this.post<{ access_token: string }>('/login', login);
    return { token, customerId: id };
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return round(sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

async function main(): Promise<void> {
  const { method, rows } = await run();
  const [head = [], ...body] = rows.map((row) => row.map(String));
  process.stdout.write(`${method}\n\n`);
  for (const line of [head, head.map(() => '---'), ...body])
    process.stdout.write(`| ${line.join(' | ')} |\n`);
}

if (require.main === module) void main();
