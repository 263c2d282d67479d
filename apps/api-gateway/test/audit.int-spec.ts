import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { AuditEntryResponse } from '../src/app/audit/audit-entry.response';
import type { AuditListResponse } from '../src/app/audit/audit-list.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { accessTable } from './access-table';
import { announcedImport, receivedImport } from './announced-import';
import {
  accepted,
  type ApiAnswer,
  type ApiClient,
  instanceWish,
  PASSWORD,
  refusedFields,
} from './api-client';
import { completedBackup } from './completed-backup';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';
import { ADMIN_PASSWORD, idOf, loginAdmin, newOperator, OPERATOR_ENVIRONMENT } from './operators';
import { startStandIn, type StandIn } from './stand-in';

jest.setTimeout(60_000);

const NEEDLE = 'Needle-In-A-Haystack-1';

let gateway: GatewayUnderTest;
let janitor: StandIn;
let admin: ApiClient;
let ada: ApiClient;

beforeAll(async () => {
  janitor = await startStandIn();
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    { ...OPERATOR_ENVIRONMENT, ...janitor.environment },
  );
  admin = await loginAdmin(gateway.client);
  ada = await gateway.client.newCustomer('ada@example.com');
}, 240_000);
afterAll(async () => {
  await gateway.close();
  await janitor.close();
});

const audit = async (query: string, by = admin) =>
  accepted<AuditListResponse>(await by.get(`/admin/audit${query}`), 200);
const ownAudit = async (by: ApiClient, query = '') =>
  accepted<AuditListResponse>(await by.get(`/instance/audit${query}`), 200);

async function runningInstance(wish: object = {}): Promise<InstanceResponse> {
  const instance = await ada.createInstance(wish);
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

interface Change {
  readonly action: string;
  readonly subject: string;
  readonly answer: ApiAnswer;
  readonly by?: ApiClient;
  readonly before?: object | null;
  readonly after?: object | null;
}

const command = async (by: ApiClient, verb: string, json?: object): Promise<Change> => {
  const { id } = await runningInstance();
  if (verb === 'resume') await by.post(`/instance/instances/${id}/suspend`, { reason: 'unpaid' });
  const action = verb === 'actions' ? 'restart' : verb;
  return {
    action: `instance.${action}`,
    subject: id,
    answer: await by.post(`/instance/instances/${id}/${verb}`, json),
    by,
    after: expect.objectContaining({ operation_id: expect.any(String) }),
  };
};

const stopped = async (verb: string): Promise<Change> => {
  const { id } = await runningInstance();
  await ada.post(`/instance/instances/${id}/stop`);
  return {
    action: 'instance.start',
    subject: id,
    answer: await ada.post(`/instance/instances/${id}/${verb}`),
    by: ada,
    before: expect.objectContaining({ desired_state: 'stopped' }),
    after: expect.objectContaining({ desired_state: 'running' }),
  };
};

/** Every route that changes something, with a change that is granted and what must be written down about it. */
const changes: Readonly<Record<string, () => Promise<Change>>> = {
  'POST /register': async () => {
    const json = { email: 'grace@example.com', password: NEEDLE, first_name: 'Grace', last_name: 'H' };
    const answer = await gateway.client.post('/register', json);
    const { id } = JSON.parse(answer.text) as { id: string };
    return {
      action: 'customer.register',
      subject: id,
      answer,
      after: expect.objectContaining({ first_name: 'Grace' }),
    };
  },
  'POST /login': async () => {
    const { id, email } = idOf(ada);
    const answer = await gateway.client.post('/login', { email, password: PASSWORD });
    return { action: 'session.open', subject: id, answer, by: ada };
  },
  'POST /logout': async () => {
    const eve = await gateway.client.newCustomer();
    const answer = await eve.post('/logout', { refresh_token: eve.session?.refresh_token });
    return { action: 'session.close', subject: idOf(eve).id, answer, by: eve, after: { sessions: 'one' } };
  },
  'POST /instance/instances': async () => {
    const answer = await ada.post('/instance/instances', { ...instanceWish(), admin_password: NEEDLE });
    const { id, database_name } = JSON.parse(answer.text) as InstanceResponse;
    const after = expect.objectContaining({ database_name, cpu_limit: 1 });
    return { action: 'instance.create', subject: id, answer, by: ada, before: null, after };
  },
  'PATCH /instance/instances/{id}': async () => {
    const { id } = await runningInstance();
    const json = { cpu_limit: 2, environment: { SMTP_KEY: NEEDLE } };
    return {
      action: 'instance.scale',
      subject: id,
      answer: await ada.call('PATCH', `/instance/instances/${id}`, { json }),
      by: ada,
      before: expect.objectContaining({ cpu_limit: 1 }),
      after: expect.objectContaining({ cpu_limit: 2, environment: ['SMTP_KEY'] }),
    };
  },
  'DELETE /instance/instances/{id}': async () => {
    const { id } = await runningInstance();
    return {
      action: 'instance.terminate',
      subject: id,
      answer: await ada.delete(`/instance/instances/${id}`),
      by: ada,
      before: { desired_state: 'running', status: 'running' },
      after: expect.objectContaining({ desired_state: 'terminated' }),
    };
  },
  'POST /instance/instances/{id}/start': () => stopped('start'),
  'POST /instance/instances/{id}/unpause': () => stopped('unpause'),
  'POST /instance/instances/{id}/stop': () => command(ada, 'stop'),
  'POST /instance/instances/{id}/restart': () => command(ada, 'restart'),
  'POST /instance/instances/{id}/actions': () => command(ada, 'actions', { action: 'restart' }),
  'POST /instance/instances/{id}/suspend': () => command(admin, 'suspend', { reason: 'unpaid' }),
  'POST /instance/instances/{id}/resume': () => command(admin, 'resume'),
  'POST /instance/instances/{id}/redeploy': () => command(admin, 'redeploy'),
  'POST /instance/instances/{id}/upgrade': () => command(ada, 'upgrade', { modules: ['all'] }),
  'POST /instance/instances/{id}/backups': async () => {
    const { id } = await runningInstance();
    const answer = await ada.post(`/instance/instances/${id}/backups`);
    const after = expect.objectContaining({ backup_id: expect.any(String) });
    return { action: 'instance.backup', subject: id, answer, by: ada, after };
  },
  'PUT /instance/instances/{id}/backup-schedule': async () => {
    const { id } = await runningInstance();
    const path = `/instance/instances/${id}/backup-schedule`;
    const answer = await ada.call('PUT', path, { json: { hour: 3 } });
    const after = expect.objectContaining({ hour: 3 });
    return { action: 'backup_schedule.put', subject: id, answer, by: ada, after };
  },
  'DELETE /instance/backups/{id}': async () => {
    const subject = await completedBackup(gateway, ada, (await runningInstance()).id);
    const answer = await ada.delete(`/instance/backups/${subject}`);
    const before = { status: 'completed' };
    return { action: 'backup.delete', subject, answer, by: ada, before };
  },
  'POST /instance/backups/{id}/restore': async () => {
    const { id } = await runningInstance();
    const answer = await ada.post(`/instance/backups/${await completedBackup(gateway, ada, id)}/restore`, {});
    return { action: 'instance.restore', subject: id, answer, by: ada };
  },
  'POST /instance/backups/{id}/drill': async () => {
    const subject = await completedBackup(gateway, ada, (await runningInstance()).id);
    const answer = await ada.post(`/instance/backups/${subject}/drill`);
    return { action: 'backup.drill', subject, answer, by: ada };
  },
  'POST /instance/backups/{id}/copy': async () => {
    const backup = await completedBackup(gateway, ada, (await runningInstance()).id);
    const json = { name: 'Copy', database_name: 'audited-copy' };
    const answer = await ada.post(`/instance/backups/${backup}/copy`, json);
    const { id: subject } = JSON.parse(answer.text) as InstanceResponse;
    return { action: 'instance.create', subject, answer, by: ada };
  },
  'PUT /admin/backups/{id}/expiry': async () => {
    const subject = await completedBackup(gateway, ada, (await runningInstance()).id);
    const after = { expires_at: '2100-01-01T00:00:00.000Z' };
    const answer = await admin.call('PUT', `/admin/backups/${subject}/expiry`, { json: after });
    return { action: 'backup.keep', subject, answer, by: admin, before: { expires_at: null }, after };
  },
  'POST /instance/operations/{id}/cancel': async () => {
    const { operation } = await ada.createInstance();
    const subject = operation?.id ?? '';
    const answer = await ada.post(`/instance/operations/${subject}/cancel`);
    const after = expect.objectContaining({ cancel_requested_at: expect.any(String) });
    return { action: 'operation.cancel', subject, answer, by: ada, after };
  },
  'POST /admin/operations/{id}/cancel': async () => {
    const { operation } = await ada.createInstance();
    const subject = operation?.id ?? '';
    const answer = await admin.post(`/admin/operations/${subject}/cancel`);
    return { action: 'operation.cancel', subject, answer, by: admin };
  },
  'POST /admin/operations/{id}/retry': async () => {
    const { id } = await runningInstance();
    const restart = await ada.post(`/instance/instances/${id}/restart`);
    const subject = accepted<InstanceResponse>(restart, 202).operation?.id ?? '';
    await gateway.dataSource.query(`UPDATE operation SET status = 'failed', ended_at = now() WHERE id = $1`, [
      subject,
    ]);
    const answer = await admin.post(`/admin/operations/${subject}/retry`);
    return {
      action: 'operation.retry',
      subject,
      answer,
      by: admin,
      after: { kind: 'restart', instance_id: id },
    };
  },
  'PATCH /admin/customers/{id}': async () => {
    const subject = idOf(await gateway.client.newCustomer()).id;
    const answer = await admin.call('PATCH', `/admin/customers/${subject}`, { json: { role: 'support' } });
    const [before, after] = [{ role: 'customer' }, { role: 'support' }];
    return { action: 'customer.set_role', subject, answer, by: admin, before, after };
  },
  'PUT /admin/customers/{id}/quota': async () => {
    const subject = idOf(await gateway.client.newCustomer()).id;
    const answer = await admin.call('PUT', `/admin/customers/${subject}/quota`, { json: { instances: 3 } });
    const before = { instances: null, cpus: null, memory: null };
    return {
      action: 'customer.set_quota',
      subject,
      answer,
      by: admin,
      before,
      after: { ...before, instances: 3 },
    };
  },
  'POST /admin/dead-letters/{id}/redrive': async () => {
    const subject = await newDeadLetter();
    const answer = await admin.post(`/admin/dead-letters/${subject}/redrive`);
    const after = expect.objectContaining({ redriven: 1 });
    return { action: 'dead_letter.redrive', subject, answer, by: admin, after };
  },
  'POST /admin/dead-letters/redrive': async () => {
    const subject = 'instance.test.v1';
    await newDeadLetter();
    const answer = await admin.post(`/admin/dead-letters/redrive?type=${subject}`);
    return {
      action: 'dead_letter.redrive_all',
      subject,
      answer,
      by: admin,
      after: { type: subject, redriven: 1 },
    };
  },
  'POST /instance/imports': async () => {
    const answer = await ada.post('/instance/imports', { size_bytes: 7, file_name: 'shop.zip' });
    const { id } = accepted<{ id: string }>(answer, 201);
    const after = { file_name: 'shop.zip', size_bytes: 7 };
    return { action: 'import.announce', subject: id, answer, by: ada, after };
  },
  'DELETE /instance/imports/{id}': async () => {
    const id = await announcedImport(ada);
    const answer = await ada.delete(`/instance/imports/${id}`);
    return { action: 'import.delete', subject: id, answer, by: ada, before: { status: 'awaiting' } };
  },
  'POST /instance/imports/{id}/instance': async () => {
    const id = await receivedImport(gateway, ada);
    const wish = { name: 'Moved', database_name: 'moved-here', admin_email: 'me@example.com' };
    const answer = await ada.post(`/instance/imports/${id}/instance`, wish);
    const subject = accepted<InstanceResponse>(answer, 202).id;
    const after = { database_name: 'moved-here', import_id: id, neutralise: true };
    return { action: 'instance.create', subject, answer, by: ada, after };
  },
  'POST /admin/janitor/run': async () => {
    const answer = await admin.post('/admin/janitor/run?dry_run=true');
    const after = expect.objectContaining({ dry_run: true, run_id: expect.any(String) });
    return { action: 'janitor.run', subject: 'janitor', answer, by: admin, after };
  },
};

/** These change nothing that is worth an entry: a session goes on, the monitor looks again. */
/** Where there is an app that takes content in: imports.int-spec.ts. */
const WRITTEN_ELSEWHERE = ['PUT /instance/imports/{id}/content'];

/** These change nothing that is worth an entry: a session goes on, the monitor looks again. */
const UNWRITTEN = ['POST /refresh', 'POST /instance/monitoring/services/{service_name}/sync'];

describe('every change', () => {
  it('has a case here', () => {
    const routes = accessTable
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
    expect([...Object.keys(changes), ...UNWRITTEN, ...WRITTEN_ELSEWHERE].sort()).toEqual(routes.sort());
  });

  it.each(Object.keys(changes))('%s is written down', async (name) => {
    const change = await changes[name]!();
    const { action, subject, answer, by, before = expect.anything(), after = expect.anything() } = change;
    expect([200, 201, 202, 204]).toContain(answer.status);
    const { entries } = await audit(`?subject=${encodeURIComponent(subject)}&action=${action}`);
    expect(entries[0]).toMatchObject({
      ...{ action, subject },
      ...(change.before === undefined ? {} : { before }),
      ...(change.after === undefined ? {} : { after }),
      result: name.endsWith('/retry') ? 'asked' : 'done',
      correlation_id: answer.headers.get('x-correlation-id'),
      address: '127.0.0.1',
      ...(by === undefined ? {} : { actor_id: idOf(by).id, actor_role: idOf(by).role }),
    });
  });
});

describe('what is refused', () => {
  it('is written down when the role does not suffice', async () => {
    const path = `/admin/customers/${idOf(ada).id}`;
    expect((await ada.call('PATCH', path, { json: { role: 'admin' } })).status).toBe(403);
    const { entries } = await audit(`?actor=${idOf(ada).id}&action=request.refused`);
    expect(entries[0]).toMatchObject({
      ...{ subject: idOf(ada).id, actor_role: 'customer', result: 'role.insufficient' },
      after: { method: 'PATCH', route: '/admin/customers/:id' },
    });
  });

  it('is written down when an admin asks for what cannot be', async () => {
    expect(
      (await admin.call('PATCH', `/admin/customers/${idOf(admin).id}`, { json: { role: 'support' } })).status,
    ).toBe(409);
    const { entries } = await audit(`?actor=${idOf(admin).id}&action=request.refused`);
    expect(entries[0]).toMatchObject({ subject: idOf(admin).id, result: 'role.last_admin' });
  });

  it('is a log-in with a wrong password, and whoever it was tried at can see it', async () => {
    const eve = await gateway.client.newCustomer('eve@example.com');
    await gateway.client.post('/login', { email: 'Eve@example.com', password: NEEDLE });
    const { entries } = await ownAudit(eve, '?action=session.open');
    expect(entries.map(({ result }) => result)).toEqual(['auth.wrong_credentials', 'done']);
    expect(entries[0]).toMatchObject({ subject: idOf(eve).id, actor_id: null, address: '127.0.0.1' });
  });

  it('is a log-in with an address nobody has; what is no address is not kept', async () => {
    await gateway.client.post('/login', { email: 'Nobody@Example.com', password: NEEDLE });
    await gateway.client.post('/login', { email: NEEDLE, password: 'x' });
    const { entries } = await audit('?action=session.open&page_size=2');
    expect(entries.map(({ subject }) => subject)).toEqual(['not an e-mail address', 'nobody@example.com']);
  });
});

describe('a change that does not happen', () => {
  it('leaves no entry', async () => {
    const wish = { ...instanceWish(), database_name: 'audit-taken' };
    expect((await ada.post('/instance/instances', wish)).status).toBe(202);
    const before = (await audit('?action=instance.create')).total;
    expect((await ada.post('/instance/instances', wish)).status).toBe(409);
    expect((await audit('?action=instance.create')).total).toBe(before);
  });

  it('is one entry when it is asked for twice under one key', async () => {
    const wish = instanceWish();
    const key = { 'idempotency-key': 'audit-once' };
    await ada.post('/instance/instances', wish, key);
    const { id } = accepted<InstanceResponse>(await ada.post('/instance/instances', wish, key), 202);
    expect((await audit(`?subject=${id}`)).total).toBe(1);
  });
});

describe('the log', () => {
  it('holds no secret, and neither does any other table', async () => {
    const tables = await gateway.dataSource.query<{ tablename: string }[]>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'instance'`,
    );
    const dumps = await Promise.all(
      tables.map(({ tablename }) =>
        gateway.dataSource.query<object[]>(`SELECT t::text FROM "${tablename}" t`),
      ),
    );
    const dump = JSON.stringify(dumps);
    expect(dump).toContain('customer.register');
    for (const secret of [NEEDLE, PASSWORD, ADMIN_PASSWORD, janitor.environment.JANITOR_KEY]) {
      expect(dump).not.toContain(secret);
      expect(gateway.log.join('\n')).not.toContain(secret);
    }
  });

  it('hides what has the name of a secret, should anybody hand it one', async () => {
    const repository = gateway.app.get(AuditLogRepository);
    await repository.recordAlone({
      action: 'test',
      subject: 'hides',
      after: { admin_password: NEEDLE, size: 1 },
    });
    const [entry] = (await audit('?subject=hides')).entries;
    expect(entry?.after).toEqual({ admin_password: '[redacted]', size: 1 });
  });

  it('is found by who, whose, what and when, newest first', async () => {
    const bob = await gateway.client.newCustomer();
    const { id } = await bob.createInstance();
    await admin.delete(`/instance/instances/${id}`);
    const { id: bobsId } = idOf(bob);
    const actions = (list: AuditListResponse) => list.entries.map(({ action }) => action);
    expect(actions(await audit(`?customer=${bobsId}`))).toEqual([
      'instance.terminate',
      'instance.create',
      'session.open',
      'customer.register',
    ]);
    expect(actions(await audit(`?actor=${bobsId}&subject=${id}`))).toEqual(['instance.create']);
    const [last, first] = (await audit(`?subject=${id}`)).entries as [AuditEntryResponse, AuditEntryResponse];
    expect(actions(await audit(`?subject=${id}&from=${last.happened_at}`))).toEqual(['instance.terminate']);
    expect(actions(await audit(`?subject=${id}&to=${last.happened_at}`))).toEqual(['instance.create']);
    expect(Number(first.id)).toBeLessThan(Number(last.id));
    const page = await audit(`?customer=${bobsId}&page=2&page_size=3`);
    expect([actions(page), page.total]).toEqual([['customer.register'], 4]);
  });

  it('is read by support too', async () => {
    const support = await newOperator(admin, 'support');
    expect((await audit('?page_size=1', support)).entries).toHaveLength(1);
  });

  it('shows customers what concerns them, and of operators the role alone', async () => {
    const bob = await gateway.client.newCustomer();
    const { id } = await bob.createInstance();
    await admin.delete(`/instance/instances/${id}`);
    const { entries } = await ownAudit(bob);
    expect(new Set(entries.map(({ customer_id }) => customer_id))).toEqual(new Set([idOf(bob).id]));
    expect(entries[0]).toMatchObject({
      ...{ action: 'instance.terminate', actor_role: 'admin', actor_id: null, address: null },
    });
    expect(entries[1]).toMatchObject({ action: 'instance.create', actor_id: idOf(bob).id });
    expect((await ownAudit(ada, `?subject=${id}`)).total).toBe(0);
  });

  it.each(['actor=x', 'from=yesterday', 'to=2026-01-01T00:00:00', 'subject=', 'who=me', 'page_size=101'])(
    'refuses ?%s',
    async (query) => {
      expect(refusedFields(await admin.get(`/admin/audit?${query}`))).toHaveLength(1);
    },
  );

  it.each(['actor=0199c2a1-0000-7000-8000-000000000000', 'customer=0199c2a1-0000-7000-8000-000000000000'])(
    'of a customer does not take ?%s',
    async (query) => {
      expect(refusedFields(await ada.get(`/instance/audit?${query}`))).toHaveLength(1);
    },
  );
});
