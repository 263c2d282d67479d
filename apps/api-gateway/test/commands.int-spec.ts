import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { CommandPreviewResponse } from '../src/app/instances/command-preview.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { accepted, type ApiAnswer, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, type Ground, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

const ground = async (): Promise<Ground> => ({ database: await freshDatabase(), broker: await freshVhost() });

let gateway: GatewayUnderTest;
let ada: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(await ground());
  ada = await gateway.client.newCustomer('ada@example.com');
  await gateway.client.newCustomer('admin@example.com');
  await sql(`UPDATE customer SET role = 'admin' WHERE email = 'admin@example.com'`);
  admin = await gateway.client.login('admin@example.com');
}, 240_000);
afterAll(() => gateway.close());

function sql<T>(text: string, parameters: unknown[] = []): Promise<T[]> {
  return gateway.dataSource.query(text, parameters);
}

/** Stands in for the provisioner: the creation has ended well. */
async function runningInstance(): Promise<string> {
  const { id } = await ada.createInstance();
  await sql(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE instance_id = $1`, [id]);
  await sql(`UPDATE instance SET status = 'running', database_server = 'one' WHERE id = $1`, [id]);
  return id;
}

function command(client: ApiClient, id: string, verb: string, json?: unknown): Promise<ApiAnswer> {
  return client.post(`/instance/instances/${id}/${verb}`, json);
}

function change(client: ApiClient, id: string, json: unknown): Promise<ApiAnswer> {
  return client.call('PATCH', `/instance/instances/${id}`, { json });
}

interface OpenOperation {
  readonly kind: string;
  readonly called_off: boolean;
}

function openOperations(id: string): Promise<OpenOperation[]> {
  return sql<OpenOperation>(
    `SELECT kind, cancel_requested_at IS NOT NULL AS called_off FROM operation
      WHERE instance_id = $1 AND status = 'queued' ORDER BY position`,
    [id],
  );
}

describe('POST /instance/instances/{id}/{command}', () => {
  it('is accepted with an operation and its steps, a command for the worker, and the state that is wanted', async () => {
    const id = await runningInstance();
    const answer = await command(ada, id, 'stop');
    const stopped = accepted<InstanceResponse>(answer, 202);
    expect(stopped).toMatchObject({ status: 'running', desired_state: 'stopped', generation: 2 });
    expect(stopped.operation).toMatchObject({ kind: 'stop', status: 'queued', generation: 2 });
    expect(stopped.operation?.steps.map(({ name }) => name)).toEqual(['scale-down', 'await-gone']);
    expect(answer.headers.get('location')).toBe(`/instance/operations/${stopped.operation?.id}`);
    const told = await sql<{ count: string }>(
      `SELECT count(*) FROM (SELECT type, subject FROM outbox UNION ALL SELECT type, subject FROM outbox_archive) AS sent
        WHERE type = 'instance.stop.v1' AND subject = $1`,
      [id],
    );
    expect(told).toEqual([{ count: '1' }]);
  });

  it('takes the place of what is under way', async () => {
    const id = await runningInstance();
    for (const verb of ['stop', 'start', 'stop']) accepted(await command(ada, id, verb), 202);
    expect(await openOperations(id)).toEqual([
      { kind: 'stop', called_off: true },
      { kind: 'start', called_off: true },
      { kind: 'stop', called_off: false },
    ]);
  });

  it('lets a change of shape wait for its turn', async () => {
    const id = await runningInstance();
    accepted(await command(ada, id, 'restart'), 202);
    accepted(await change(ada, id, { memory_limit: '2G' }), 202);
    expect(await openOperations(id)).toEqual([
      { kind: 'restart', called_off: false },
      { kind: 'scale', called_off: false },
    ]);
  });

  it('is the last one, of many at once, that says what is wanted', async () => {
    const id = await runningInstance();
    const verbs = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'stop' : 'start'));
    await Promise.all(verbs.map((verb) => command(ada, id, verb)));
    const open = await openOperations(id);
    expect(open.filter(({ called_off }) => !called_off)).toHaveLength(1);
    const { desired_state } = accepted<InstanceResponse>(await ada.get(`/instance/instances/${id}`), 200);
    expect(desired_state).toBe(open.at(-1)?.kind === 'stop' ? 'stopped' : 'running');
  });

  it.each([
    ['start', 'instance.command_refused'],
    ['resume', 'instance.command_refused'],
  ])('%s is refused where it makes no sense, with what does', async (verb, code) => {
    const id = await runningInstance();
    const answer = await command(admin, id, verb);
    expect(answer.status).toBe(409);
    expect(problemOf(answer)).toMatchObject({ code });
    expect(problemOf(answer).hint).toContain('stop, restart');
  });

  it('is refused while the instance is created, and after its end', async () => {
    const { id } = await ada.createInstance();
    expect(problemOf(await command(ada, id, 'stop'))).toMatchObject({
      code: 'instance.creating',
      status: 409,
    });
    accepted(await ada.delete(`/instance/instances/${id}`), 202);
    expect(problemOf(await command(ada, id, 'stop'))).toMatchObject({ code: 'instance.terminated' });
  });

  it('is replayed under its Idempotency-Key', async () => {
    const id = await runningInstance();
    const headers = { 'idempotency-key': `stop-${id}` };
    const first = await ada.post(`/instance/instances/${id}/stop`, undefined, headers);
    const again = await ada.post(`/instance/instances/${id}/stop`, undefined, headers);
    expect(again.text).toBe(first.text);
    expect(await openOperations(id)).toHaveLength(1);
  });

  it('says what it would do, and changes nothing, as a dry run', async () => {
    const id = await runningInstance();
    const { operation } = accepted<InstanceResponse>(await command(ada, id, 'restart'), 202);
    const answer = await ada.post(`/instance/instances/${id}/stop?dry_run=true`);
    expect(accepted<CommandPreviewResponse>(answer, 200)).toEqual({
      dry_run: true,
      kind: 'stop',
      desired_state: 'stopped',
      steps: ['scale-down', 'await-gone'],
      supersedes: [operation?.id],
    });
    expect(await openOperations(id)).toEqual([{ kind: 'restart', called_off: false }]);
    expect(refusedFields(await ada.post(`/instance/instances/${id}/stop?dry_run=maybe`))).toEqual([
      'dry_run field.choice',
    ]);
    expect(refusedFields(await ada.post(`/instance/instances/${id}/stop?dryrun=true`))).toEqual([
      'dryrun field.unknown',
    ]);
  });

  it('is written down, with what was before and after, and without the values of variables', async () => {
    const id = await runningInstance();
    accepted(await change(ada, id, { memory_limit: '2G', environment: { TZ: 'Antarctica/Troll' } }), 202);
    const entries = await sql<{ action: string; before: object; after: object }>(
      `SELECT action, before, after FROM audit_entry WHERE subject = $1 AND action = 'instance.scale'`,
      [id],
    );
    expect(entries).toEqual([
      {
        action: 'instance.scale',
        before: expect.objectContaining({ memory_bytes: 1024 ** 3, environment: [] }),
        after: expect.objectContaining({ memory_bytes: 2 * 1024 ** 3, environment: ['TZ'] }),
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('Troll');
  });

  it('is known by its earlier names too', async () => {
    const id = await runningInstance();
    accepted(await command(ada, id, 'actions', { action: 'stop' }), 202);
    const { operation } = accepted<InstanceResponse>(await command(ada, id, 'unpause'), 202);
    expect(operation).toMatchObject({ kind: 'start' });
    expect(refusedFields(await command(ada, id, 'actions', { action: 'explode' }))).toEqual([
      'action field.choice',
    ]);
  });

  it('is not there for strangers', async () => {
    const id = await runningInstance();
    const bob = await gateway.client.newCustomer();
    for (const verb of ['start', 'stop', 'restart']) expect((await command(bob, id, verb)).status).toBe(404);
    expect((await change(bob, id, { name: 'Mine' })).status).toBe(404);
  });
});

describe('a suspension', () => {
  it('is for operators, who say why, and its customer cannot end it', async () => {
    const id = await runningInstance();
    expect(problemOf(await command(ada, id, 'suspend')).code).toBe('role.insufficient');
    const reason = 'Please call us.';
    const suspended = accepted<InstanceResponse>(await command(admin, id, 'suspend', { reason }), 202);
    expect(suspended.desired_state).toBe('suspended');
    expect(suspended.conditions).toContainEqual(
      expect.objectContaining({ type: 'suspended', status: 'true', message: reason }),
    );
    expect(problemOf(await command(ada, id, 'start'))).toMatchObject({
      code: 'instance.suspended',
      status: 409,
    });
    expect(problemOf(await command(ada, id, 'actions', { action: 'unsuspend' })).code).toBe(
      'role.insufficient',
    );
  });

  it.each([
    ['running', []],
    ['stopped', ['stop']],
  ])('goes back to %s when that was wanted before', async (before, verbs) => {
    const id = await runningInstance();
    for (const verb of [...verbs, 'suspend', 'resume']) accepted(await command(admin, id, verb), 202);
    const { desired_state, conditions } = accepted<InstanceResponse>(
      await ada.get(`/instance/instances/${id}`),
      200,
    );
    expect(desired_state).toBe(before);
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'suspended', status: 'false' }));
  });
});

describe('PATCH /instance/instances/{id}', () => {
  it('stores what is wanted, with what it replaces in the operation', async () => {
    const id = await runningInstance();
    const answer = await change(ada, id, {
      cpu_limit: 0.5,
      memory_limit: '2G',
      environment: { TZ: 'Europe/Berlin' },
    });
    const changed = accepted<InstanceResponse>(answer, 202);
    expect(changed).toMatchObject({ cpu_limit: 0.5, memory_limit: '2G', generation: 2 });
    expect(changed.operation?.kind).toBe('scale');
    const [operation] = await sql<{ input: object }>(`SELECT input FROM operation WHERE id = $1`, [
      changed.operation?.id,
    ]);
    expect(operation?.input).toEqual({
      previous: { cpu_limit: 1, memory_bytes: 1024 ** 3, storage_bytes: 10 * 1024 ** 3, environment: null },
    });
  });

  it('reconfigures when no limit changes', async () => {
    const id = await runningInstance();
    const changed = accepted<InstanceResponse>(
      await change(ada, id, { name: 'New', memory_limit: '1G' }),
      202,
    );
    expect(changed).toMatchObject({ name: 'New', operation: { kind: 'reconfigure' } });
  });

  it.each<[object, string[]]>([
    [{}, ['body body.empty']],
    [{ memory_limit: '1K', cpu_limit: 1 }, ['memory_limit size.out_of_range']],
    [{ cpu_limit: 9 }, ['cpu_limit field.range']],
    [{ storage_limit: '1K' }, ['storage_limit size.out_of_range']],
    [{ disk_limit: '1G' }, ['disk_limit field.unknown']],
    [{ environment: { PGPASSWORD: 'x' } }, ['environment odoo.environment_refused']],
    [{ environment: { TZ: 1 } }, ['environment environment.malformed']],
    [{ environment: 'TZ=UTC' }, ['environment field.format']],
  ])('refuses %j', async (json, fields) => {
    const id = await runningInstance();
    expect(refusedFields(await change(ada, id, json))).toEqual(fields);
    expect(await openOperations(id)).toEqual([]);
  });
});
