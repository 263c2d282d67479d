import { randomBytes } from 'node:crypto';
import { EdgeClient } from '../stack/http.ts';
import { secretValue } from '../stack/secrets.ts';
import type { StackSettings } from '../stack/settings.ts';

/** The site under test, as it is announced to its tests. */
export interface BenchSite extends StackSettings {
  readonly odooVersion: string;
  readonly lightVersion: string;
  readonly platformImage: string;
}

export interface BenchOperation {
  readonly id: string;
  readonly status: string;
  readonly error: unknown;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly steps: readonly {
    readonly name: string;
    readonly started_at: string | null;
    readonly ended_at: string | null;
  }[];
}

export interface BenchInstance {
  readonly id: string;
  readonly database_name: string;
  readonly service_name: string;
  readonly operation: { readonly id: string };
}

/** An operator of the site under test, who may do everything. */
export class Operator {
  readonly edge: EdgeClient;
  private readonly headers: Readonly<Record<string, string>>;

  private constructor(edge: EdgeClient, token: string) {
    this.edge = edge;
    this.headers = { authorization: `Bearer ${token}` };
  }

  static async logIn(site: BenchSite): Promise<Operator> {
    const edge = new EdgeClient(site);
    const json = { email: site.adminEmail, password: await secretValue(site.name, 'admin_password') };
    const { body } = await edge.call('auth', '/login', { method: 'POST', json });
    return new Operator(edge, (JSON.parse(body) as { access_token: string }).access_token);
  }

  /** An instance that runs. */
  async create(odooVersion: string): Promise<BenchInstance> {
    const database = `bench-${randomBytes(4).toString('hex')}`;
    const instance = await this.call<BenchInstance>('POST', '/instance/instances', {
      name: 'Benchmark',
      database_name: database,
      admin_email: 'admin@example.com',
      odoo_version: odooVersion,
    });
    await this.settled(instance.operation.id);
    return instance;
  }

  /** The operation once it has succeeded. */
  async settled(id: string): Promise<BenchOperation> {
    for (;;) {
      const operation = await this.call<BenchOperation>('GET', `/instance/operations/${id}?wait=30s`);
      const { status, error } = operation;
      if (status === 'succeeded') return operation;
      if (status === 'failed' || status === 'cancelled')
        throw new Error(`it ${status}: ${JSON.stringify(error)}`);
    }
  }

  async call<T>(method: string, path: string, json?: unknown): Promise<T> {
    const call = {
      method,
      headers: this.headers,
      timeoutMs: 60_000,
      ...(json === undefined ? {} : { json }),
    };
    const { status, body } = await this.edge.call('api', path, call);
    if (status >= 400) throw new Error(`${method} ${path} answered ${status}: ${body}`);
    return JSON.parse(body) as T;
  }
}
