import { createHmac } from 'node:crypto';
import type { SessionResponse } from '../src/app/auth/session.response';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { accepted, ApiClient, PASSWORD, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let nobody: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground());
  nobody = gateway.client;
}, 240_000);
afterAll(() => gateway.close());

const registration = {
  email: 'Ada@Example.com',
  password: PASSWORD,
  first_name: 'Ada',
  last_name: 'Lovelace',
};

describe('POST /register', () => {
  it('answers the customer, with the address in lower case and without the password', async () => {
    const answer = await nobody.post('/register', registration);
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: 'ada@example.com',
      first_name: 'Ada',
      last_name: 'Lovelace',
      role: 'customer',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('refuses the same address in another case', async () => {
    await nobody.post('/register', registration);
    const answer = await nobody.post('/register', { ...registration, email: 'ADA@EXAMPLE.COM' });
    expect(answer.status).toBe(409);
    expect(problemOf(answer).code).toBe('email.taken');
  });

  it('lets one of many at once have an address', async () => {
    const wish = { ...registration, email: 'race@example.com' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => nobody.post('/register', wish)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it.each([
    [{ email: 'not an address' }, 'email field.format'],
    [{ email: 7 }, 'email field.format'],
    [{ email: undefined }, 'email field.required'],
    [{ email: null }, 'email field.required'],
    [{ password: 'short1!' }, 'password password.too_short'],
    [{ password: 'alllowercase' }, 'password password.too_simple'],
    [{ password: 12345678 }, 'password field.type'],
    [{ first_name: '' }, 'first_name field.length'],
    [{ first_name: 'a\u0000b' }, 'first_name field.format'],
    [{ last_name: 'x'.repeat(51) }, 'last_name field.length'],
    [{ is_admin: true }, 'is_admin field.unknown'],
  ])('refuses %j, naming the field', async (change, refused) => {
    const answer = await nobody.post('/register', { ...registration, email: 'new@example.com', ...change });
    expect(refusedFields(answer)).toEqual([refused]);
  });

  it('stores the password as argon2id', async () => {
    await nobody.newCustomer('hashed@example.com');
    const [row] = await gateway.dataSource.query<{ password_hash: string }[]>(
      `SELECT password_hash FROM customer WHERE email = 'hashed@example.com'`,
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('replays the answer for the same Idempotency-Key, and refuses another request with it', async () => {
    const wish = { ...registration, email: 'once@example.com' };
    const key = { 'idempotency-key': 'register-once' };
    const first = await nobody.post('/register', wish, key);
    const second = await nobody.post('/register', wish, key);
    const other = await nobody.post('/register', { ...wish, first_name: 'Eve' }, key);
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(problemOf(other)).toMatchObject({ status: 422, code: 'idempotency_key.reused' });
  });
});

describe('POST /login', () => {
  it('opens a session, whatever the case of the address', async () => {
    await nobody.newCustomer('login@example.com');
    const answer = await nobody.post('/login', { email: 'LogIn@Example.com', password: PASSWORD });
    expect(accepted(answer, 200)).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      customer: { email: 'login@example.com' },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a wrong password', 'login@example.com', 'Wrong123!'],
    ['an unknown address', 'nobody@example.com', PASSWORD],
    ['an address with a NUL', 'a\u0000@example.com', PASSWORD],
  ])('says the same about %s', async (_case, email, password) => {
    const problem = problemOf(await nobody.post('/login', { email, password }));
    expect(problem).toMatchObject({ status: 401, code: 'auth.wrong_credentials' });
    expect(problem.detail).toBe('e-mail address and password do not match');
  });
});

describe('access tokens', () => {
  it('say who asks', async () => {
    const customer = await nobody.newCustomer('me@example.com');
    expect(accepted(await customer.get('/me'), 200)).toEqual(customer.session?.customer);
  });

  it.each([
    ['none', undefined, 'auth.required'],
    ['another scheme', 'Basic YTpi', 'auth.required'],
    ['nonsense', 'Bearer nonsense', 'auth.token_invalid'],
    ['an empty one', 'Bearer ', 'auth.required'],
  ])('are required: %s', async (_case, authorization, code) => {
    const answer = await nobody.get('/me', authorization === undefined ? {} : { authorization });
    expect(problemOf(answer)).toMatchObject({ status: 401, code });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['another signature', (head: string, body: string) => `${head}.${body}.${'A'.repeat(43)}`],
    ['no signature', (_head: string, body: string) => `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`],
    [
      'another customer',
      (head: string, body: string, signature: string) => {
        return `${head}.${encode({ ...decode(body), sub: '0199c2a1-0000-7000-8000-000000000000' })}.${signature}`;
      },
    ],
    [
      'a later end',
      (head: string, body: string, signature: string) => {
        return `${head}.${encode({ ...decode(body), exp: 4_000_000_000 })}.${signature}`;
      },
    ],
    [
      'a guessed key',
      (head: string, body: string) => {
        return `${head}.${body}.${createHmac('sha256', 'secret').update(`${head}.${body}`).digest('base64url')}`;
      },
    ],
  ])('are refused with %s', async (_case, tamper) => {
    const customer = await nobody.newCustomer();
    const [head = '', body = '', signature = ''] = customer.session?.access_token.split('.') ?? [];
    const authorization = `Bearer ${tamper(head, body, signature)}`;
    const answer = await nobody.get('/instance/instances', { authorization });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: 'auth.token_invalid' });
  });

  it('are refused once they have expired', async () => {
    const customer = await nobody.newCustomer();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 901_000);
    const answer = await customer.get('/me');
    clock.mockRestore();
    expect(problemOf(answer)).toMatchObject({ status: 401, code: 'auth.token_expired' });
  });

  it('are refused when their customer is gone', async () => {
    const customer = await nobody.newCustomer('gone@example.com');
    await gateway.dataSource.query(`DELETE FROM customer WHERE email = 'gone@example.com'`);
    expect(problemOf(await customer.get('/me'))).toMatchObject({ status: 401, code: 'auth.customer_gone' });
  });
});

describe('POST /refresh', () => {
  const refresh = (secret: string | undefined) => nobody.post('/refresh', { refresh_token: secret });

  it('answers new tokens, each good for one use', async () => {
    const { session } = await nobody.newCustomer();
    const second = accepted<SessionResponse>(await refresh(session?.refresh_token), 200);
    const third = accepted<SessionResponse>(await refresh(second.refresh_token), 200);
    expect(new Set([session?.refresh_token, second.refresh_token, third.refresh_token]).size).toBe(3);
    expect((await new ApiClient(nobody.url, third).get('/me')).status).toBe(200);
  });

  it('ends the session when a token is used a second time, for the thief and for the owner', async () => {
    const { session } = await nobody.newCustomer('stolen@example.com');
    const second = accepted<SessionResponse>(await refresh(session?.refresh_token), 200);
    expect(problemOf(await refresh(session?.refresh_token)).code).toBe('refresh_token.reused');
    expect(problemOf(await refresh(second.refresh_token)).code).toBe('refresh_token.invalid');
    const audit = await gateway.dataSource.query<object[]>(
      `SELECT 1 FROM audit_entry JOIN customer ON customer.id = customer_id
       WHERE email = 'stolen@example.com' AND action = 'refresh_token.reused'`,
    );
    expect(audit).toHaveLength(1);
  });

  it('exchanges a token once, however many ask at the same time', async () => {
    const { session } = await nobody.newCustomer();
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(session?.refresh_token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('leaves other sessions of the customer alone', async () => {
    const one = await nobody.newCustomer('two-sessions@example.com');
    const other = await nobody.login('two-sessions@example.com');
    await refresh(one.session?.refresh_token);
    await refresh(one.session?.refresh_token);
    expect((await refresh(other.session?.refresh_token)).status).toBe(200);
  });

  it('keeps no token in the database', async () => {
    const { session } = await nobody.newCustomer();
    const rows = await gateway.dataSource.query<{ hash: Buffer }[]>('SELECT hash FROM refresh_token');
    expect(rows.length).toBeGreaterThan(0);
    const stored = Buffer.concat(rows.map(({ hash }) => hash));
    expect(stored.includes(session?.refresh_token ?? '')).toBe(false);
    expect(stored.includes(Buffer.from(session?.refresh_token ?? '', 'base64url'))).toBe(false);
  });
});

describe('POST /logout', () => {
  it('ends the session whose refresh token is named', async () => {
    const one = await nobody.newCustomer('logout@example.com');
    const other = await nobody.login('logout@example.com');
    const { status } = await one.post('/logout', { refresh_token: one.session?.refresh_token });
    expect(status).toBe(204);
    expect((await nobody.post('/refresh', { refresh_token: one.session?.refresh_token })).status).toBe(401);
    expect((await nobody.post('/refresh', { refresh_token: other.session?.refresh_token })).status).toBe(200);
  });

  it('ends all sessions when none is named', async () => {
    const one = await nobody.newCustomer('logout-all@example.com');
    const other = await nobody.login('logout-all@example.com');
    expect((await one.post('/logout')).status).toBe(204);
    expect((await nobody.post('/refresh', { refresh_token: other.session?.refresh_token })).status).toBe(401);
  });

  it("does not end somebody else's session", async () => {
    const one = await nobody.newCustomer();
    const other = await nobody.newCustomer();
    await one.post('/logout', { refresh_token: other.session?.refresh_token });
    expect((await nobody.post('/refresh', { refresh_token: other.session?.refresh_token })).status).toBe(200);
  });
});

describe('failed log-ins with one e-mail address', () => {
  it('are limited wherever they come from, and say when to come back', async () => {
    await nobody.newCustomer('guessed@example.com');
    const attempt = (count: number) =>
      nobody.post('/login', { email: 'Guessed@example.com', password: `Wrong${count}!` });
    const answers = await Promise.all(Array.from({ length: 12 }, (_none, count) => attempt(count)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const refused = await nobody.post('/login', { email: 'guessed@example.com', password: PASSWORD });
    expect(problemOf(refused)).toMatchObject({ status: 429, code: 'auth.too_many_failures' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect(nobody.newCustomer('not-guessed@example.com')).resolves.toBeInstanceOf(ApiClient);
  });
});

describe('attempts per address', () => {
  it('are limited, for log-ins and registrations each, and say when to come back', async () => {
    const limited = await startGateway(await ground(), { AUTH_ATTEMPTS_PER_MINUTE: '3' });
    try {
      const attempt = () => limited.client.post('/login', { email: 'a@example.com', password: 'x' });
      for (let count = 0; count < 3; count += 1) expect((await attempt()).status).toBe(401);
      const refused = await attempt();
      expect(problemOf(refused)).toMatchObject({ status: 429, code: 'rate_limit.exceeded' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await limited.client.post('/register', registration)).status).toBe(201);
    } finally {
      await limited.close();
    }
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): object {
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
}
