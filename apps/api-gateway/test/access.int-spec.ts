import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { type Asker, askers, accessTable, type Route } from './access-table';
import { receivedImport } from './announced-import';
import { type ApiClient } from './api-client';
import { completedBackup } from './completed-backup';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { idOf, loginAdmin, newOperator, OPERATOR_ENVIRONMENT } from './operators';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let clients: Readonly<Record<Asker, ApiClient>>;
let deadLetter: string;

beforeAll(async () => {
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    {
      ...OPERATOR_ENVIRONMENT,
      QUOTA_INSTANCES: '10000',
      QUOTA_CPUS: '10000',
      QUOTA_MEMORY: '10T',
      IMPORTS_PER_CUSTOMER: '1000',
    },
  );
  const nobody = gateway.client;
  const admin = await loginAdmin(nobody);
  clients = {
    anonymous: nobody,
    owner: await nobody.newCustomer('owner@example.com'),
    stranger: await nobody.newCustomer('stranger@example.com'),
    support: await newOperator(admin, 'support'),
    admin,
  };
}, 240_000);
afterAll(() => gateway.close());

/** The owner's, as if a worker had made it, so that commands make sense. */
async function runningInstance(): Promise<InstanceResponse> {
  const instance = await clients.owner.createInstance();
  await gateway.dataSource.query(
    `UPDATE instance SET status = 'running', database_server = 'here', database_role = 'x' WHERE id = $1`,
    [instance.id],
  );
  return instance;
}

async function newDeadLetter(): Promise<string> {
  const id = newId();
  await gateway.dataSource.query(
    `INSERT INTO inbox (consumer, message_id, type, subject, payload, headers, status)
     VALUES ('nobody', $1, 'instance.test.v1', 'x', '{}', '{}', 'parked')`,
    [id],
  );
  return `inbox:nobody:${id}`;
}

/** The path with the ids of things that are the owner's. */
async function placed({ path }: Route): Promise<string> {
  if (path.startsWith('/admin/customers/')) return path.replace('{id}', idOf(clients.stranger).id);
  if (path.startsWith('/admin/dead-letters/')) return path.replace('{id}', deadLetter);
  if (!path.includes('{')) return path;
  if (path.startsWith('/instance/imports/')) {
    return path.replace('{id}', await receivedImport(gateway, clients.owner));
  }
  const { id, service_name, operation } = await runningInstance();
  if (path.includes('/backups/{id}')) {
    return path.replace('{id}', await completedBackup(gateway, clients.owner, id));
  }
  const schedule = `/instance/instances/${id}/backup-schedule`;
  if (path.endsWith('/backup-schedule')) await clients.owner.call('PUT', schedule, { json: {} });
  const wanted = path.includes('/operations/') ? (operation?.id ?? '') : id;
  return path.replace('{id}', wanted).replace('{service_name}', service_name);
}

/** Streams are left as soon as their status is known. */
async function statusOf(client: ApiClient, route: Route, path: string): Promise<number> {
  const leaving = new AbortController();
  const token = client.session?.access_token;
  const response = await fetch(`${client.url}${path}`, {
    method: route.method,
    signal: leaving.signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(route.json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(route.json === undefined ? {} : { body: JSON.stringify(route.json) }),
  });
  leaving.abort();
  return response.status;
}

const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;

describe('the table of who may do what', () => {
  it('has every route of the API, and no other', async () => {
    const document = JSON.parse((await gateway.client.get('/openapi.json')).text) as {
      paths: Readonly<Record<string, object>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => keyOf({ method: method.toUpperCase(), path })),
    );
    expect(accessTable.map(keyOf).sort()).toEqual(described.sort());
  });
});

describe.each(accessTable)('$method $path', (route) => {
  const rows = askers.map((asker) => [asker, route.verdicts[asker]] as const);

  it.each(rows)('%s: %s', async (asker, verdict) => {
    deadLetter = await newDeadLetter();
    const path = await placed(route);
    const status = await statusOf(clients[asker], route, path);
    if (verdict !== 'in') {
      expect(status).toBe(verdict);
      return;
    }
    // Without monitor and janitor their routes say 503, and login with nothing in it is 422.
    expect([401, 403, 404]).not.toContain(status);
    expect(status < 500 || status === 503).toBe(true);
  });
});
