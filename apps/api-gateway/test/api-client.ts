import { randomBytes } from 'node:crypto';
import type { CustomerResponse } from '../src/app/auth/customer.response';
import type { SessionResponse } from '../src/app/auth/session.response';
import type { Problem } from '../src/app/http/problem';
import type { InstanceResponse } from '../src/app/instances/instance.response';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface ApiCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string;
}

export const PASSWORD = 'Test123!';

/** Calls the API as one customer, or as nobody. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly session?: SessionResponse,
  ) {}

  async call(method: string, path: string, { headers = {}, json, body }: ApiCall = {}): Promise<ApiAnswer> {
    const sent = json === undefined ? body : JSON.stringify(json);
    const token = this.session?.access_token;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.call('GET', path, { headers });
  }

  post(path: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.call('POST', path, { headers, ...(json === undefined ? {} : { json }) });
  }

  delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.call('DELETE', path, { headers });
  }

  /** A client for somebody new. */
  async newCustomer(email = `c-${randomBytes(6).toString('hex')}@example.com`): Promise<ApiClient> {
    const registration = { email, password: PASSWORD, first_name: 'Test', last_name: 'User' };
    accepted<CustomerResponse>(await this.post('/register', registration), 201);
    return this.login(email);
  }

  async login(email: string): Promise<ApiClient> {
    const answer = await this.post('/login', { email, password: PASSWORD });
    return new ApiClient(this.url, accepted<SessionResponse>(answer, 200));
  }

  requestInstance(wish: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.post('/instance/instances', { ...instanceWish(), ...wish }, headers);
  }

  async createInstance(wish: object = {}): Promise<InstanceResponse> {
    return accepted<InstanceResponse>(await this.requestInstance(wish), 202);
  }
}

/** A wish that is granted, for a database name nobody has. */
export function instanceWish(): Record<string, unknown> {
  return {
    name: 'Test Instance',
    database_name: `db-${randomBytes(6).toString('hex')}`,
    admin_email: 'admin@test.com',
    odoo_version: '14',
    instance_type: 'development',
    billing_status: 'trial',
  };
}

/** The body of an answer that must have this status; its type is what the caller takes it for. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function accepted<T>({ status, text }: ApiAnswer, expected: number): T {
  if (status !== expected) throw new Error(`expected ${expected}, got ${status}: ${text}`);
  return JSON.parse(text) as T;
}

/** The problem of a refusal; fails unless it is one as RFC 9457 says. */
export function problemOf({ status, headers, text }: ApiAnswer): Problem {
  const problem = JSON.parse(text) as Problem;
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem).toMatchObject({
    type: 'about:blank',
    status,
    correlation_id: headers.get('x-correlation-id'),
  });
  expect(text).not.toMatch(/node_modules|\.ts:|\.js:|at [A-Z]\w+\./);
  return problem;
}

/** `field code` of every field a refusal names. */
export function refusedFields(answer: ApiAnswer): string[] {
  expect(answer.status).toBe(422);
  return (problemOf(answer).errors ?? []).map(({ field, code }) => `${field} ${code}`);
}
