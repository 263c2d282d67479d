import { randomBytes } from 'node:crypto';
import type { EdgeClient, HttpAnswer, HttpCall } from '../../infrastructure/scripts/stack/http.ts';

export interface StepView {
  readonly name: string;
  readonly status: string;
}

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly attempt: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly steps: readonly StepView[];
}

export interface InstanceView {
  readonly id: string;
  readonly status: string;
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
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

const TERMINAL = new Set(['succeeded', 'failed', 'cancelled']);

/** A customer of the platform, who does everything through REST. */
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
    const login = await edge.call('auth', '/login', { method: 'POST', json: { email, password } });
    if (login.status !== 200) throw new Error(`login answered ${login.status}: ${login.body}`);
    return new Customer(edge, (JSON.parse(login.body) as { access_token: string }).access_token);
  }

  /** The same customer, through another entrance. */
  through(edge: EdgeClient): Customer {
    return new Customer(edge, this.token);
  }

  call(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    return this.edge.call('api', path, {
      ...call,
      headers: { authorization: `Bearer ${this.token}`, ...call.headers },
    });
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

  async instance(id: string): Promise<InstanceView> {
    const answer = await this.call(`/instance/instances/${id}`);
    if (answer.status !== 200) throw new Error(`instance ${id} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as InstanceView;
  }

  async terminate(id: string): Promise<OperationView> {
    const answer = await this.call(`/instance/instances/${id}`, { method: 'DELETE' });
    if (answer.status !== 202) throw new Error(`delete answered ${answer.status}: ${answer.body}`);
    return (JSON.parse(answer.body) as InstanceView).operation;
  }

  async credentials(id: string): Promise<{ login: string; password: string }> {
    const answer = await this.call(`/instance/instances/${id}/credentials`);
    if (answer.status !== 200) throw new Error(`credentials answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as { login: string; password: string };
  }

  async operation(id: string): Promise<OperationView> {
    const answer = await this.call(`/instance/operations/${id}`);
    if (answer.status !== 200) throw new Error(`operation ${id} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as OperationView;
  }

  /**
   * The operation once it is terminal. The gateway may be away for a while when a test kills it, so a lost connection
   * is asked again until the deadline.
   */
  async settled(id: string, withinMs = 180_000): Promise<OperationView> {
    const deadline = Date.now() + withinMs;
    let last = 'no answer';
    while (Date.now() < deadline) {
      const operation = await this.call(`/instance/operations/${id}?wait=10s`, { timeoutMs: 15_000 }).then(
        (answer) => (answer.status === 200 ? (JSON.parse(answer.body) as OperationView) : undefined),
        () => undefined,
      );
      if (operation !== undefined && TERMINAL.has(operation.status)) return operation;
      if (operation !== undefined) last = JSON.stringify(operation);
    }
    throw new Error(`operation ${id} did not end within ${withinMs} ms; last seen: ${last}`);
  }
}

/** A database name nobody has used. */
export function freshName(prefix = 't'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

export function problemOf(answer: HttpAnswer): Problem {
  return JSON.parse(answer.body) as Problem;
}
