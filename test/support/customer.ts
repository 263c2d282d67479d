import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { poll } from '../../infrastructure/scripts/process.ts';
import { EdgeClient, type HttpAnswer, type HttpCall } from '../../infrastructure/scripts/stack/http.ts';
import type { Site } from './site';

export interface StepView {
  readonly name: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly hint?: string } | null;
}

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly attempt: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly steps: readonly StepView[];
}

export interface ConditionView {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface InstanceView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly desired_state: string;
  readonly conditions: readonly ConditionView[];
  readonly cpu_limit: number;
  readonly memory_limit: string;
  readonly database_name: string;
  readonly service_id: string | null;
  readonly service_name: string;
  readonly external_url: string;
  readonly internal_url: string | null;
  readonly operation: OperationView;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

const TERMINAL = new Set(['succeeded', 'failed', 'cancelled']);

/** What can be asked of an instance by its own path. */
export type Verb = 'start' | 'stop' | 'restart' | 'unpause' | 'suspend' | 'resume' | 'redeploy' | 'upgrade';

/** A customer of the platform, or its administrator, who does everything through REST. */
export class Customer {
  private constructor(
    private readonly edge: EdgeClient,
    private readonly token: string,
  ) {}

  /** Registers somebody new and logs in. */
  static async register(edge: EdgeClient): Promise<Customer> {
    const email = `customer-${randomBytes(6).toString('hex')}@example.com`;
    const password = 'Test123!';
    const json = { email, password, first_name: 'Test', last_name: 'Customer' };
    const registered = await edge.call('auth', '/register', { method: 'POST', json });
    if (registered.status !== 201)
      throw new Error(`registration answered ${registered.status}: ${registered.body}`);
    return Customer.logIn(edge, { email, password });
  }

  /** The administrator whom the deployment was made with. */
  static async admin(site: Site): Promise<Customer> {
    const password = await readFile(`${site.secretsFolder}/admin_password`, 'utf8');
    return Customer.logIn(new EdgeClient(site), { email: site.adminEmail, password });
  }

  private static async logIn(
    edge: EdgeClient,
    json: { readonly email: string; readonly password: string },
  ): Promise<Customer> {
    const login = await edge.call('auth', '/login', { method: 'POST', json });
    if (login.status !== 200) throw new Error(`login answered ${login.status}: ${login.body}`);
    return new Customer(edge, (JSON.parse(login.body) as { access_token: string }).access_token);
  }

  /** The same customer, through another entrance. */
  through(edge: EdgeClient): Customer {
    return new Customer(edge, this.token);
  }

  call(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    return this.edge.call('api', path, { ...call, headers: this.authorized(call.headers) });
  }

  /** Opens an answer that goes on, such as server-sent events. */
  open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    return this.edge.open('api', path, { headers: this.authorized(headers), timeoutMs: 90_000 });
  }

  private authorized(headers: HttpCall['headers']): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, ...headers };
  }

  /** Asks for an instance; the answer is whatever the API said. */
  requestInstance(
    wish: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const json = {
      name: 'Test Instance',
      admin_email: 'admin@test.com',
      instance_type: 'development',
      billing_status: 'trial',
      ...wish,
    };
    return this.call('/instance/instances', { method: 'POST', headers, json });
  }

  /** Asks for an instance that must be accepted. */
  async createInstance(wish: Readonly<Record<string, unknown>>): Promise<InstanceView> {
    const answer = await this.requestInstance(wish);
    if (answer.status !== 202) throw new Error(`create answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as InstanceView;
  }

  /** An instance that runs: asked for and waited for. */
  async runningInstance(wish: Readonly<Record<string, unknown>>): Promise<InstanceView> {
    const { id, operation } = await this.createInstance(wish);
    await this.succeeded(operation.id);
    return this.instance(id);
  }

  /** What `path` answers, which must be 200 and JSON. */
  async read<T>(path: string): Promise<T> {
    const answer = await this.call(path);
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  instance(id: string): Promise<InstanceView> {
    return this.read<InstanceView>(`/instance/instances/${id}`);
  }

  credentials(id: string): Promise<{ login: string; password: string }> {
    return this.read(`/instance/instances/${id}/credentials`);
  }

  operation(id: string): Promise<OperationView> {
    return this.read<OperationView>(`/instance/operations/${id}`);
  }

  terminate(id: string): Promise<OperationView> {
    return this.accepted(id, { method: 'DELETE' });
  }

  /** Asks for a verb; the answer is whatever the API said. */
  request(id: string, verb: Verb, json?: Readonly<Record<string, unknown>>): Promise<HttpAnswer> {
    return this.call(`/instance/instances/${id}/${verb}`, { method: 'POST', json });
  }

  /** Asks for a verb that must be accepted. */
  command(id: string, verb: Verb, json?: Readonly<Record<string, unknown>>): Promise<OperationView> {
    return this.accepted(id, { method: 'POST', json }, `/${verb}`);
  }

  /** Asks for another name, other limits or another environment, which must be accepted. */
  change(id: string, json: Readonly<Record<string, unknown>>): Promise<OperationView> {
    return this.accepted(id, { method: 'PATCH', json });
  }

  private async accepted(id: string, call: HttpCall, verb = ''): Promise<OperationView> {
    const answer = await this.call(`/instance/instances/${id}${verb}`, call);
    if (answer.status !== 202)
      throw new Error(`${call.method ?? 'GET'} ${id}${verb} answered ${answer.status}: ${answer.body}`);
    return (JSON.parse(answer.body) as InstanceView).operation;
  }

  /** The operation once it is over, which must have gone well. */
  async succeeded(id: string, withinMs?: number): Promise<OperationView> {
    const operation = await this.settled(id, withinMs);
    if (operation.status !== 'succeeded') throw new Error(`operation ${id}: ${JSON.stringify(operation)}`);
    return operation;
  }

  /**
   * The operation once it is terminal. The gateway may be away for a while when a test kills it, so a lost connection
   * is asked again until the deadline.
   */
  async settled(id: string, withinMs = 180_000): Promise<OperationView> {
    let last = 'no answer';
    const settled = await poll(async () => {
      const operation = await this.operationNow(id);
      if (operation !== undefined) last = JSON.stringify(operation);
      return operation !== undefined && TERMINAL.has(operation.status) ? operation : undefined;
    }, withinMs);
    if (settled === undefined)
      throw new Error(`operation ${id} did not end within ${withinMs} ms; last seen: ${last}`);
    return settled;
  }

  /** As soon as it ends, or as it is after a while; `undefined` when the gateway cannot say. */
  private async operationNow(id: string): Promise<OperationView | undefined> {
    const path = `/instance/operations/${id}?wait=10s`;
    const answer = await this.call(path, { timeoutMs: 15_000 }).catch(() => undefined);
    if (answer === undefined || answer.status === 429 || answer.status >= 500) return undefined;
    if (answer.status === 200) return JSON.parse(answer.body) as OperationView;
    throw new Error(`operation ${id} answered ${answer.status}: ${answer.body}`);
  }
}

/** A database name nobody has used. */
export function freshName(prefix = 't'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

export function problemOf(answer: HttpAnswer): Problem {
  return JSON.parse(answer.body) as Problem;
}
