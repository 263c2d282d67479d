import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { newId, until } from '@saasodoo/kernel';
import type { DataSource } from 'typeorm';
import { freePort, freshDatabase, startDisposablePostgres, startDisposableRabbitMq } from '@saasodoo/testing';

/**
 * How many creations the gateway accepts per second, each one a transaction that is on disk before the answer, and how
 * many reads it answers. The gateway runs as in production, one process of its own, against a PostgreSQL with fsync and
 * a RabbitMQ of their own on this machine; no worker runs, so what is accepted piles up. The load generator shares the
 * machine with all of them.
 */
const CONNECTIONS = 32;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
const IDLE_SECONDS = 5;
/** Linux counts CPU time in hundredths of a second for everybody. */
const MS_PER_TICK = 10;

const inDist = (path: string): string => join(__dirname, '../../dist', path);

/** One line of the result. */
export type BenchRow = readonly (string | number)[];

export interface GatewayBench {
  readonly method: string;
  /** The first row is the head. */
  readonly rows: readonly BenchRow[];
}

/** The part of autocannon's options and result that is used here; the package has no types. */
interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly setupRequest?: (request: LoadRequest) => LoadRequest & { readonly body: string };
}

interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly duration: number;
  readonly requests: readonly LoadRequest[];
}

interface LoadResult {
  readonly duration: number;
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

const fire = createRequire(__filename)('autocannon') as (options: LoadOptions) => Promise<LoadResult>;

/** Runs the benchmark against servers that it starts and removes. Needs dist/ (`npm run build`). */
export async function run(): Promise<GatewayBench> {
  const postgres = await startDisposablePostgres();
  const broker = await startDisposableRabbitMq();
  const database = await freshDatabase({ serverUrl: postgres.url });
  const gateway = await Gateway.start(database.url, broker.url);
  try {
    return { method: METHOD, rows: await measure(gateway, () => relayed(database.dataSource)) };
  } finally {
    await gateway.stop();
    await database.close();
    await postgres.container.remove();
    await broker.container.remove();
  }
}

const METHOD =
  `autocannon, ${CONNECTIONS} connections, ${SECONDS} s after ${WARM_UP_SECONDS} s of warm-up, on the same ${cpus().length} ` +
  'cores as the gateway (one process), PostgreSQL 17 (fsync on) and RabbitMQ; every creation is another instance.';

/** @param relayed resolves when the relay has nothing left to send, which would share the process with the reads. */
async function measure(gateway: Gateway, relayed: () => Promise<void>): Promise<BenchRow[]> {
  await gateway.idle();
  const residentMiB = gateway.residentMiB();
  const headers = {
    authorization: `Bearer ${await gateway.newCustomer()}`,
    'content-type': 'application/json',
  };
  const path = '/instance/instances';
  const create: LoadRequest = { method: 'POST', path, headers, setupRequest: withNewInstance };
  const id = await gateway.create(headers);
  const creations = await load(gateway, create);
  await relayed();
  const reads = await load(gateway, { method: 'GET', path: `${path}/${id}`, headers });
  const lists = await load(gateway, { method: 'GET', path: `${path}?page_size=20`, headers });
  return [
    ['measured', 'requests/s', 'p50 ms', 'p99 ms', 'max ms', 'CPU ms of the gateway', 'failed'],
    toRow('accepted creations', creations),
    toRow('reads of one instance', reads),
    toRow('lists of 20 instances', lists),
    ['idle resident memory, MiB', residentMiB, '', '', '', '', ''],
  ];
}

async function relayed(dataSource: DataSource): Promise<void> {
  const isEmpty = async (): Promise<true | undefined> => {
    const [row] = await dataSource.query<{ left: number }[]>('SELECT count(*)::int AS left FROM outbox');
    return row?.left === 0 ? true : undefined;
  };
  await until(isEmpty, () => new Error('the outbox was not relayed'), { withinMs: 60_000 });
}

interface Load extends LoadResult {
  /** What one request cost the gateway, however busy the machine is otherwise. */
  readonly cpuMs: number;
}

async function load(gateway: Gateway, request: LoadRequest): Promise<Load> {
  const options = { url: gateway.url, connections: CONNECTIONS, requests: [request] };
  await fire({ ...options, duration: WARM_UP_SECONDS });
  const before = gateway.cpuMs();
  const result = await fire({ ...options, duration: SECONDS });
  return { ...result, cpuMs: (gateway.cpuMs() - before) / result['2xx'] };
}

function toRow(what: string, { duration, latency, errors, non2xx, cpuMs, ...result }: Load): BenchRow {
  const perSecond = Math.round(result['2xx'] / duration);
  return [what, perSecond, latency.p50, latency.p99, latency.max, cpuMs.toFixed(2), errors + non2xx];
}

function withNewInstance(request: LoadRequest): LoadRequest & { readonly body: string } {
  return { ...request, body: newInstance() };
}

function newInstance(): string {
  return JSON.stringify({
    name: 'Benchmark',
    database_name: `b-${newId()}`,
    admin_email: 'admin@example.com',
    odoo_version: '17',
    instance_type: 'development',
    billing_status: 'trial',
  });
}

/** The gateway as a process of its own, as in production. */
class Gateway {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string, brokerUrl: string): Promise<Gateway> {
    const port = await freePort();
    const child = spawn(process.execPath, [inDist('apps/api-gateway/src/main.js')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        NODE_ENV: 'production',
        // As in the platform's image.
        NODE_OPTIONS: `--require=${inDist('libs/bootstrap/src/source-maps.js')} --max-semi-space-size=2 --max-old-space-size=512`,
        CONTROL_DATABASE_URL: databaseUrl,
        RABBITMQ_URL: brokerUrl,
        HTTP_PORT: String(port),
        ACCESS_TOKEN_KEY: randomBytes(32).toString('base64'),
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        // Its customers create as fast as they can: what is measured is the gateway, not its refusals.
        ...{ QUOTA_INSTANCES: '1000000', QUOTA_CPUS: '1000000', QUOTA_MEMORY: '8000T' },
        ODOO_IMAGES: '{"17.0":{"image":"odoo:17.0","profile":"official"}}',
      },
    });
    const gateway = new Gateway(child, `http://127.0.0.1:${port}`);
    await until(
      async () => ((await gateway.isReady()) ? true : undefined),
      () => new Error('the gateway did not become ready'),
      { withinMs: 30_000 },
    );
    return gateway;
  }

  /** Lets start-up work come to rest. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
  }

  residentMiB(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
  }

  /** User and system time of all its threads so far. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  /** Registers somebody and answers an access token. */
  async newCustomer(): Promise<string> {
    const login = { email: 'bench@example.com', password: 'Bench-123' };
    await this.post('/register', { ...login, first_name: 'Bench', last_name: 'Mark' });
    const { access_token } = await this.post<{ access_token: string }>('/login', login);
    return access_token;
  }

  async create(headers: Readonly<Record<string, string>>): Promise<string> {
    const { id } = await this.post<{ id: string }>(
      '/instance/instances',
      JSON.parse(newInstance()) as object,
      headers,
    );
    return id;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private async post<T>(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

async function main(): Promise<void> {
  const { method, rows } = await run();
  const [head = [], ...body] = rows.map((row) => row.map(String));
  process.stdout.write(`${method}\n\n`);
  for (const line of [head, head.map(() => '---'), ...body])
    process.stdout.write(`| ${line.join(' | ')} |\n`);
}

if (require.main === module) void main();
