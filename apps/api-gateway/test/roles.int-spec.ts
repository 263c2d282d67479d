import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { CustomerRepository, RoleRepository } from '@saasodoo/identity/data-access';
import { DataSource } from 'typeorm';
import { GatewayConfig } from '../src/app/app.config';
import { OperatorAccount } from '../src/app/auth/operator-account.service';
import { Passwords } from '../src/app/auth/passwords';
import type { AdminCustomerResponse } from '../src/app/admin/admin-customer.response';
import type { CustomerListResponse } from '../src/app/admin/customer-list.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';
import {
  ADMIN_EMAIL,
  ADMIN_PASSWORD,
  idOf,
  loginAdmin,
  newOperator,
  OPERATOR_ENVIRONMENT,
} from './operators';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let nobody: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground(), OPERATOR_ENVIRONMENT);
  nobody = gateway.client;
  admin = await loginAdmin(nobody);
}, 240_000);
afterAll(() => gateway.close());

const setRole = (by: ApiClient, of: ApiClient, role: unknown) =>
  by.call('PATCH', `/admin/customers/${idOf(of).id}`, { json: { role } });

const roleOf = async (client: ApiClient) =>
  accepted<AdminCustomerResponse>(await admin.get(`/admin/customers/${idOf(client).id}`), 200).role;

describe('the first admin', () => {
  it('is there after the first start', async () => {
    expect(accepted(await admin.get('/me'), 200)).toMatchObject({ email: ADMIN_EMAIL, role: 'admin' });
  });

  it('keeps a password that was set before, and is promoted again', async () => {
    const shared = await ground();
    const url = {
      url: shared.database.url,
      dataSource: shared.database.dataSource,
      close: async () => undefined,
    };
    const lasting = { database: url, broker: { ...shared.broker, remove: async () => undefined } };
    const first = await startGateway(lasting);
    const before = await first.client.newCustomer(ADMIN_EMAIL);
    expect((await before.get('/admin/customers')).status).toBe(403);
    await first.close();
    for (let start = 0; start < 2; start += 1) {
      const again = await startGateway(lasting, OPERATOR_ENVIRONMENT);
      const wrong = await again.client.post('/login', { email: ADMIN_EMAIL, password: ADMIN_PASSWORD });
      expect(wrong.status).toBe(401);
      const operator = await again.client.login(ADMIN_EMAIL);
      expect((await operator.get('/admin/customers')).status).toBe(200);
      await again.close();
    }
    const promotions = await shared.database.dataSource.query<object[]>(
      `SELECT before, after, actor_id FROM audit_entry WHERE action = 'customer.set_role'`,
    );
    expect(promotions).toEqual([{ before: { role: 'customer' }, after: { role: 'admin' }, actor_id: null }]);
    await shared.broker.remove();
    await shared.database.close();
  });

  it('is made once by gateways that start together', async () => {
    const shared = await ground();
    const lasting: Ground = {
      database: { ...shared.database, close: async () => undefined },
      broker: { ...shared.broker, remove: async () => undefined },
    };
    const starting = [1, 2, 3].map(() => startGateway(lasting, OPERATOR_ENVIRONMENT));
    const gateways = await Promise.all(starting);
    await Promise.all(gateways.map((one) => loginAdmin(one.client)));
    const admins = await shared.database.dataSource.query<object[]>('SELECT role FROM customer');
    expect(admins).toEqual([{ role: 'admin' }]);
    await Promise.all(gateways.map((one) => one.close()));
    await shared.broker.remove();
    await shared.database.close();
  });

  it('needs a password that cannot be guessed', async () => {
    const config = {
      ...gateway.app.get(GatewayConfig),
      ADMIN_EMAIL: 'weak@example.com',
      ADMIN_PASSWORD: 'password',
    };
    const account = new OperatorAccount(
      config,
      gateway.app.get(DataSource),
      gateway.app.get(CustomerRepository),
      gateway.app.get(RoleRepository),
      gateway.app.get(Passwords),
    );
    await expect(account.onApplicationBootstrap()).rejects.toMatchObject({ code: 'config.admin_password' });
    const list = accepted<CustomerListResponse>(await admin.get('/admin/customers?text=weak@'), 200);
    expect(list.total).toBe(0);
  });
});

describe('PATCH /admin/customers/{id}', () => {
  it('gives a role, which counts from the next refresh on', async () => {
    const ada = await nobody.newCustomer();
    const answer = accepted<AdminCustomerResponse>(await setRole(admin, ada, 'support'), 200);
    expect(answer).toMatchObject({ id: idOf(ada).id, role: 'support' });
    expect((await ada.get('/admin/customers')).status).toBe(403);
    const refreshed = await nobody.post('/refresh', { refresh_token: ada.session?.refresh_token });
    expect(accepted(refreshed, 200)).toMatchObject({ customer: { role: 'support' } });
    const support = await nobody.login(idOf(ada).email);
    expect((await support.get('/admin/customers')).status).toBe(200);
    expect(problemOf(await setRole(support, ada, 'admin'))).toMatchObject({
      status: 403,
      code: 'role.insufficient',
      facts: { required: 'admin' },
    });
  });

  it('ends the sessions of whoever loses rights, and of nobody who gains some', async () => {
    const eve = await newOperator(admin, 'admin');
    accepted(await setRole(admin, eve, 'support'), 200);
    const refused = await nobody.post('/refresh', { refresh_token: eve.session?.refresh_token });
    expect(problemOf(refused)).toMatchObject({ status: 401, code: 'refresh_token.invalid' });
    const [family] = await gateway.dataSource.query<object[]>(
      `SELECT revoked_because FROM refresh_token_family WHERE customer_id = $1 AND revoked_at IS NOT NULL`,
      [idOf(eve).id],
    );
    expect(family).toEqual({ revoked_because: 'demotion' });
    const support = await nobody.login(idOf(eve).email);
    expect(support.session?.customer.role).toBe('support');
    accepted(await setRole(admin, eve, 'admin'), 200);
    const kept = await nobody.post('/refresh', { refresh_token: support.session?.refresh_token });
    expect(kept.status).toBe(200);
  });

  it('lets a demoted admin change no role with the token that is left', async () => {
    const eve = await newOperator(admin, 'admin');
    accepted(await setRole(admin, eve, 'customer'), 200);
    expect(problemOf(await setRole(eve, eve, 'admin'))).toMatchObject({
      status: 403,
      code: 'role.insufficient',
    });
    expect(await roleOf(eve)).toBe('customer');
  });

  it('never removes the last admin, also when several remove each other and themselves at once', async () => {
    const alone = await startGateway(await ground(), OPERATOR_ENVIRONMENT);
    try {
      const first = await loginAdmin(alone.client);
      const last = problemOf(await setRole(first, first, 'customer'));
      expect(last).toMatchObject({ status: 409, code: 'role.last_admin' });
      const others = [await newOperator(first, 'admin'), await newOperator(first, 'admin')];
      const all = [first, ...others];
      const attempts = all.flatMap((by) => all.map((of) => setRole(by, of, 'customer')));
      for (const { status } of await Promise.all(attempts)) expect([200, 403, 409]).toContain(status);
      const left = await alone.dataSource.query<object[]>(`SELECT 1 FROM customer WHERE role = 'admin'`);
      expect(left).toHaveLength(1);
    } finally {
      await alone.close();
    }
  });

  it('changes nothing when the role is the same, and replays under its key', async () => {
    const ada = await newOperator(admin, 'support');
    accepted(await setRole(admin, ada, 'support'), 200);
    expect((await nobody.post('/refresh', { refresh_token: ada.session?.refresh_token })).status).toBe(200);
    const call = { json: { role: 'admin' }, headers: { 'idempotency-key': 'role-once' } };
    const path = `/admin/customers/${idOf(ada).id}`;
    const first = await admin.call('PATCH', path, call);
    const second = await admin.call('PATCH', path, call);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it.each([[{}], [{ role: 'root' }], [{ role: 7 }], [{ role: null }], [{ role: 'admin', email: 'x@y.z' }]])(
    'refuses %j',
    async (json) => {
      const ada = await nobody.newCustomer();
      expect(
        refusedFields(await admin.call('PATCH', `/admin/customers/${idOf(ada).id}`, { json })),
      ).toHaveLength(1);
    },
  );

  it('answers 404 for nobody', async () => {
    for (const id of ['0199c2a1-0000-7000-8000-000000000000', 'nonsense']) {
      const json = { role: 'support' };
      expect(problemOf(await admin.call('PATCH', `/admin/customers/${id}`, { json })).status).toBe(404);
      expect(problemOf(await admin.get(`/admin/customers/${id}`)).status).toBe(404);
    }
  });
});

describe('GET /admin/customers', () => {
  it('lists accounts, by role and by part of the address or name', async () => {
    const list = async (query: string) =>
      accepted<CustomerListResponse>(await admin.get(`/admin/customers${query}`), 200);
    const grace = await nobody.newCustomer('Grace.Hopper@example.com');
    expect((await list('?text=gRACE.hop')).customers).toEqual([grace.session?.customer]);
    expect((await list('?text=%25')).total).toBe(0);
    const admins = await list('?role=admin&page_size=100');
    expect(admins.customers.map(({ role }) => role)).toEqual(admins.customers.map(() => 'admin'));
    expect(admins.customers.map(({ email }) => email)).toContain(ADMIN_EMAIL);
    expect(await list('?page=1&page_size=1')).toMatchObject({
      page_size: 1,
      customers: [expect.any(Object)],
    });
  });

  it.each(['role=root', 'text=', 'page=0', 'rolle=admin', 'role=admin&role=support'])(
    'refuses ?%s',
    async (query) => {
      expect(refusedFields(await admin.get(`/admin/customers?${query}`))).toHaveLength(1);
    },
  );
});
