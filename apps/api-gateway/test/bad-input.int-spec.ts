import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import * as fc from 'fast-check';
import { type ApiClient, instanceWish, PASSWORD, problemOf, refusedFields } from './api-client';
import { countRows } from './count-rows';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';
import { idOf, loginAdmin, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let nobody: ApiClient;
let ada: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground(), OPERATOR_ENVIRONMENT);
  nobody = gateway.client;
  ada = await nobody.newCustomer('ada@example.com');
  admin = await loginAdmin(nobody);
}, 240_000);
afterAll(() => gateway.close());

const PATH = '/instance/instances';

describe('a body that cannot be read', () => {
  it.each(['{', '', 'nonsense', '{"a":1}{"b":2}', '"\\ud8"', '{"__proto__":{"isAdmin":true}}'])(
    'is refused: %p',
    async (body) => {
      const answer = await ada.call('POST', PATH, { body, headers: { 'content-type': 'application/json' } });
      expect([400, 422]).toContain(problemOf(answer).status);
    },
  );

  it('says 400 for broken JSON', async () => {
    const answer = await ada.call('POST', PATH, { body: '{"name":' });
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'request.malformed' });
  });

  it.each(['null', '[]', '"text"', '7', 'true', '[{}]'])(
    'says 422 for JSON that is no object: %s',
    async (body) => {
      expect(refusedFields(await ada.call('POST', PATH, { body }))).toEqual(['body body.not_an_object']);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('says 415 for %s', async (type) => {
    const answer = await ada.call('POST', PATH, { body: 'name=x', headers: { 'content-type': type } });
    expect(problemOf(answer)).toMatchObject({ status: 415, code: 'request.media_type' });
  });

  it('says 413 for two megabytes', async () => {
    const answer = await ada.requestInstance({ description: 'x'.repeat(2 * 1024 ** 2) });
    expect(problemOf(answer)).toMatchObject({ status: 413, code: 'request.too_large' });
  });

  it('refuses what is nested a hundred thousand levels deep', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const answer = await ada.call('POST', PATH, { body: `{"name":${deep}}` });
    expect(refusedFields(answer)).toContain('name field.type');
  });
});

describe('an address', () => {
  it('that leads nowhere is a 404', async () => {
    for (const client of [nobody, ada]) {
      expect(problemOf(await client.get('/nowhere'))).toMatchObject({ status: 404, code: 'route.unknown' });
    }
  });

  it.each([
    ['GET', '/login', 'POST'],
    ['PUT', PATH, 'GET, HEAD, POST'],
    ['PUT', `${PATH}/0199c2a1-0000-7000-8000-000000000000`, 'DELETE, GET, HEAD, PATCH'],
  ])('with another method is a 405: %s %s', async (method, path, allow) => {
    const answer = await ada.call(method, path);
    expect(problemOf(answer)).toMatchObject({ status: 405, code: 'route.method' });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each<[string, number, string]>([
    ['/%ZZ', 400, 'request.malformed'],
    ['/instance/instances/%ZZ?token=x', 400, 'request.malformed'],
    ['/instance/instances/%', 400, 'request.malformed'],
    [`/instance/instances/${'x'.repeat(3000)}`, 414, 'request.too_large'],
    ['//', 404, 'route.unknown'],
    ['/..%2f', 404, 'route.unknown'],
  ])('that is malformed is refused: %s', async (path, status, code) => {
    const problem = problemOf(await ada.get(path));
    expect(problem).toMatchObject({ status, code });
    expect(problem.instance).not.toContain('?');
  });

  it('is closed to nobody-in-particular unless it is declared public', async () => {
    const document = JSON.parse((await nobody.get('/openapi.json')).text) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const open: string[] = [];
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const { status } = await nobody.call(method.toUpperCase(), path.replace('{id}', 'x'));
        if (status !== 401) open.push(`${method} ${path}`);
      }
    }
    expect(open.sort()).toEqual(['post /login', 'post /refresh', 'post /register']);
  });
});

describe('a correlation id', () => {
  it('of the caller is kept, and one that could harm a log is not', async () => {
    const headers = { 'x-correlation-id': 'my-story.1' };
    expect((await nobody.get('/nowhere', headers)).headers.get('x-correlation-id')).toBe('my-story.1');
    const answer = await nobody.get('/nowhere', { 'x-correlation-id': 'a b<script>' });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('bytes that are no HTTP', () => {
  it('do not disturb others', async () => {
    const { hostname, port } = new URL(nobody.url);
    const socket = connect(Number(port), hostname, () => void socket.end('\u0000\u0001 nonsense\r\n\r\n'));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect((await ada.get('/me')).status).toBe(200);
  });
});

describe('whatever is sent', () => {
  /** Any JSON, with NULs, lone surrogates, huge numbers and names like `__proto__`. */
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0000', '\ud800', '__proto__', ''),
  );
  const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });
  const anyField = fc.oneof(anyText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), anyJson);

  async function neverWorksNorBreaks(method: string, path: string, json: unknown): Promise<void> {
    const before = await countRows(gateway.dataSource);
    const answer = await ada.call(method, path, { json });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    problemOf(answer);
    expect(await countRows(gateway.dataSource)).toEqual(before);
  }

  it.each(['/register', '/login', '/refresh', PATH])(
    'as the whole body of POST %s, it is refused and creates nothing',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(anyJson, (json) => neverWorksNorBreaks('POST', path, json)),
        { numRuns: 60 },
      );
    },
  );

  it('as fields of a wish for an instance, it is granted or refused, never an error of ours', async () => {
    const names = [
      ...Object.keys(instanceWish()),
      'description',
      'admin_password',
      'cpu_limit',
      'memory_limit',
    ];
    const change = fc.dictionary(
      fc.constantFrom(...names, 'storage_limit', 'demo_data', 'language'),
      anyField,
      {
        minKeys: 1,
        maxKeys: 3,
      },
    );
    await fc.assert(
      fc.asyncProperty(change, async (fields) => {
        const answer = await ada.requestInstance(fields);
        expect([202, 400, 409, 422]).toContain(answer.status);
        if (answer.status !== 202) problemOf(answer);
      }),
      { numRuns: 250 },
    );
  });

  it('as fields of a registration, the same', async () => {
    const fields = fc.record(
      {
        email: anyField,
        password: fc.oneof(anyField, fc.constant(PASSWORD)),
        first_name: anyField,
        last_name: anyField,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fields, async (json) => {
        const { status } = await nobody.post('/register', json);
        expect([201, 400, 409, 422]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });

  it('as a role, it is refused and changes nobody', async () => {
    const path = `/admin/customers/${idOf(ada).id}`;
    const body = fc.oneof(anyJson, fc.record({ role: anyField }));
    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        const answer = await admin.call('PATCH', path, { json });
        expect([400, 422]).toContain(answer.status);
        problemOf(answer);
      }),
      { numRuns: 100 },
    );
    expect(JSON.parse((await admin.get(path)).text)).toMatchObject({ role: 'customer' });
  });

  it('as a quota, it is set or refused, never an error of ours', async () => {
    const { id } = idOf(await nobody.newCustomer());
    const fields = fc.record({ instances: anyField, cpus: anyField, memory: anyField }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fields, anyJson), async (json) => {
        const answer = await admin.call('PUT', `/admin/customers/${id}/quota`, { json });
        expect([200, 400, 422]).toContain(answer.status);
        if (answer.status !== 200) problemOf(answer);
      }),
      // Written with an exponent, a number has no decimal point.
      { numRuns: 150, examples: [[{ cpus: 5e-324 }], [{ cpus: -5e-324 }]] },
    );
  });

  it('as an id or a filter of operators, the same', async () => {
    const part = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !/\p{Cs}/u.test(value));
    const filters = [
      ...[
        'audit?subject=',
        'audit?action=',
        'audit?from=',
        'audit?actor=',
        'customers?text=',
        'customers?role=',
      ],
      ...[
        'instances?text=',
        'instances?health=',
        'operations?kind=',
        'dead-letters?type=',
        'tombstones?kind=',
      ],
      ...['customers/', 'dead-letters/', 'dead-letters/inbox:', 'stats?'],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...filters), part, async (prefix, value) => {
        const { status } = await admin.get(`/admin/${prefix}${encodeURIComponent(value)}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('as what operators ask for a change of, it names nothing', async () => {
    const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const change = fc.constantFrom(
      ...[
        'operations/?/retry',
        'operations/?/cancel',
        'dead-letters/?/redrive',
        'dead-letters/inbox:?/redrive',
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        change,
        part.filter((value) => !/\p{Cs}|^\.{1,2}$/u.test(value)),
        async (path, value) => {
          const { status } = await admin.post(`/admin/${path.replace('?', () => encodeURIComponent(value))}`);
          expect([400, 404, 414]).toContain(status);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('as a path or a query, the same', async () => {
    const part = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !/\p{Cs}/u.test(value));
    const target = fc.constantFrom(
      `${PATH}/`,
      `${PATH}?page=`,
      `${PATH}?status=`,
      `${PATH}?`,
      '/instance/operations/',
    );
    await fc.assert(
      fc.asyncProperty(target, part, async (prefix, value) => {
        const { status } = await ada.get(`${prefix}${encodeURIComponent(value)}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });

  it('as a token or an Idempotency-Key, the same', async () => {
    const visible = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(visible, visible, async (token, key) => {
        const refused = await nobody.get('/me', { authorization: `Bearer ${token}` });
        expect(refused.status).toBe(401);
        const answer = await ada.requestInstance({ name: '' }, { 'idempotency-key': key });
        expect(answer.status).toBe(422);
      }),
      { numRuns: 80 },
    );
  });
});
