import { type InstanceStatus, instanceStatuses, transitions } from '@saasodoo/instances/domain';
import { AppError, newId, randomSecret, SecretBox, toErrorRecord } from '@saasodoo/kernel';
import { runInTransaction } from '@saasodoo/persistence';
import { freshDatabase, newInstance, schemaDrift, type TestDatabase } from '@saasodoo/testing';
import { InstanceSecretsRepository } from './instance-secrets.repository';
import { InstanceEntity } from './instance.entity';
import { InstanceRepository } from './instance.repository';

jest.setTimeout(120_000);

describe('InstanceRepository', () => {
  let database: TestDatabase;
  let instances: InstanceRepository;

  beforeAll(async () => {
    database = await freshDatabase({ entities: [InstanceEntity], poolSize: 20 });
    instances = new InstanceRepository(database.dataSource);
  });

  afterAll(() => database.close());

  const insert = (change: Parameters<typeof newInstance>[0] = {}) =>
    runInTransaction(database.dataSource, (em) => instances.insert(em, newInstance(change)));

  const move = (id: string, from: InstanceStatus[] | 'any allowed', to: InstanceStatus, error?: AppError) =>
    runInTransaction(database.dataSource, (em) =>
      instances.transition(em, id, {
        from,
        to,
        ...(error === undefined ? {} : { set: { error: { code: error.code, message: error.message } } }),
      }),
    );

  const setStatus = (id: string, status: InstanceStatus) =>
    database.dataSource.query('UPDATE instance SET status = $2 WHERE id = $1', [id, status]);

  const codes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
    outcomes
      .map((outcome) => (outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as AppError).code))
      .sort();

  it('has a table that its entity describes', async () => {
    expect(await schemaDrift(database.dataSource)).toEqual([]);
  });

  it('remembers which Odoo an instance runs', async () => {
    const { id } = await insert();
    const odooImage = { image: 'odoo:18.0', id: 'sha256:1', profile: 'official' };
    await instances.recordOdoo(id, { odooVersion: '18.0', odooImage });
    expect(await instances.get(id)).toMatchObject({ odooVersion: '18.0', odooImage });
    await expect(instances.recordOdoo(newId(), { odooVersion: '18.0', odooImage })).rejects.toMatchObject({
      code: 'instance.not_found',
    });
  });

  it('stores what is asked for and answers it', async () => {
    const wish = newInstance({
      description: 'for tests',
      language: 'de_DE',
      environment: { WORKERS: '2' },
      storageBytes: 2 ** 45,
      cpuLimit: 0.1,
    });
    const inserted = await runInTransaction(database.dataSource, (em) => instances.insert(em, wish));
    const read = await instances.get(wish.id);
    expect(inserted).toEqual(read);
    expect(read).toMatchObject({
      ...wish,
      status: 'creating',
      desiredState: 'running',
      generation: 1,
      observedGeneration: 0,
    });
    expect(read).not.toHaveProperty('serviceId');
    expect(read.createdAt).toBeInstanceOf(Date);
  });

  it('shows an instance to its customer alone', async () => {
    const { id, customerId } = await insert();
    expect(await instances.findForCustomer(id, customerId)).toMatchObject({ id });
    expect(await instances.findForCustomer(id, newId())).toBeUndefined();
    await expect(instances.get(newId())).rejects.toMatchObject({
      code: 'instance.not_found',
      httpStatus: 404,
    });
  });

  it('pages through the instances of a customer, newest first', async () => {
    const customerId = newId();
    const all = [];
    for (let count = 0; count < 5; count += 1) all.push((await insert({ customerId })).id);
    const newest = all.reverse();
    const pages = await Promise.all(
      [1, 2, 3].map((page) => instances.list({ customerId, page, pageSize: 2 })),
    );
    expect(pages.map(({ total }) => total)).toEqual([5, 5, 5]);
    expect(pages.flatMap((page) => page.instances.map(({ id }) => id))).toEqual(newest);
    await move(newest[0] ?? '', ['creating'], 'error');
    expect((await instances.list({ customerId, status: 'error', page: 1, pageSize: 10 })).total).toBe(1);
  });

  it('gives a database name to one of twenty who ask at once, in whatever case', async () => {
    const name = `race${newId().slice(-12)}`;
    const asked = Array.from({ length: 20 }, (_, index) =>
      insert({ databaseName: index % 2 === 0 ? name : name.toUpperCase() }),
    );
    expect(codes(await Promise.allSettled(asked))).toEqual([
      ...Array<string>(19).fill('database_name.taken'),
      'ok',
    ]);
  });

  it.each<[string, (id: string) => Promise<void>]>([
    ['released', (id) => runInTransaction(database.dataSource, (em) => instances.releaseName(em, id))],
    [
      'terminated',
      async (id) => {
        await move(id, ['creating'], 'terminating');
        await move(id, ['terminating'], 'terminated');
      },
    ],
  ])('gives the name of an instance that was %s to the next', async (_, free) => {
    const { id, databaseName } = await insert();
    await expect(insert({ databaseName })).rejects.toMatchObject({
      code: 'database_name.taken',
      httpStatus: 409,
    });
    await free(id);
    const next = await insert({ databaseName });
    expect(await instances.findRoute(databaseName)).toMatchObject({ instanceId: next.id });
  });

  it('routes a name in any case, until it is released', async () => {
    const { id, databaseName, serviceName } = await insert();
    expect(await instances.findRoute(databaseName.toUpperCase())).toEqual({
      instanceId: id,
      name: 'A shop',
      status: 'creating',
      desiredState: 'running',
      billingStatus: 'trial',
      serviceName,
      suspensionMessage: null,
      internalUrl: null,
    });
    await runInTransaction(database.dataSource, (em) => instances.releaseName(em, id));
    expect(await instances.findRoute(databaseName)).toBeUndefined();
  });

  describe('transition', () => {
    it('allows in SQL exactly what the table allows', async () => {
      const { id } = await insert();
      for (const from of instanceStatuses) {
        for (const to of instanceStatuses) {
          await setStatus(id, from);
          const outcome = await move(id, 'any allowed', to).then(
            () => 'ok',
            (error: unknown) => toErrorRecord(error).code,
          );
          expect([from, to, outcome]).toEqual([
            from,
            to,
            transitions[from].includes(to) ? 'ok' : 'instance.status_conflict',
          ]);
        }
      }
    });

    it('does not let the caller widen the table', async () => {
      const { id } = await insert();
      await expect(move(id, ['creating'], 'running')).rejects.toMatchObject({
        code: 'instance.status_conflict',
        httpStatus: 409,
        facts: { instance_id: id, status: 'creating', wanted: 'running' },
      });
    });

    it('lets one of twenty racing writers win', async () => {
      const { id } = await insert();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => move(id, ['creating'], 'starting')),
      );
      expect(codes(outcomes)).toEqual([...Array<string>(19).fill('instance.status_conflict'), 'ok']);
    });

    it('keeps conditions, error and times in step with the status', async () => {
      const { id, updatedAt } = await insert();
      await move(id, ['creating'], 'error', AppError.terminal('image.missing', 'no such image'));
      const failed = await instances.get(id);
      expect(failed.error).toEqual({ code: 'image.missing', message: 'no such image' });
      expect(failed.conditions).toMatchObject([
        { type: 'ready', status: 'false', reason: 'Error', message: 'no such image' },
      ]);
      expect(failed.conditions[0]?.since).toBeInstanceOf(Date);
      expect(failed.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
      await move(id, ['error'], 'starting');
      const starting = await instances.get(id);
      expect(starting).not.toHaveProperty('error');
      expect(starting.conditions[0]?.since).toEqual(failed.conditions[0]?.since);
      await move(id, ['starting'], 'running');
      const running = await instances.get(id);
      expect(running.startedAt).toBeInstanceOf(Date);
      expect(running.conditions[0]).toMatchObject({ status: 'true', reason: 'Running' });
      expect(running.conditions[0]?.since.getTime()).toBeGreaterThan(
        failed.conditions[0]?.since.getTime() ?? Infinity,
      );
    });

    it('is undone with its transaction', async () => {
      const { id } = await insert();
      const failing = runInTransaction(database.dataSource, async (em) => {
        await instances.transition(em, id, { from: ['creating'], to: 'starting' });
        throw new Error('later');
      });
      await expect(failing).rejects.toThrow('later');
      expect((await instances.get(id)).status).toBe('creating');
    });

    it('says when there is no such instance', async () => {
      await expect(move(newId(), 'any allowed', 'error')).rejects.toMatchObject({
        code: 'instance.not_found',
      });
    });
  });

  it('counts wanted changes, also of many at once', async () => {
    const { id } = await insert();
    const want = () =>
      runInTransaction(database.dataSource, (em) => instances.requestDesiredState(em, id, 'terminated'));
    const generations = await Promise.all(Array.from({ length: 10 }, want));
    expect(generations.sort((one, other) => one - other)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await instances.get(id)).toMatchObject({ generation: 11, desiredState: 'terminated' });
  });

  it('records and clears what was deployed', async () => {
    const { id, serviceName } = await insert();
    const em = database.dataSource.manager;
    const deployment = {
      serviceId: 'abc',
      serviceName,
      internalUrl: `http://${serviceName}:8069`,
      serviceFingerprint: 'f1',
    };
    await instances.recordDeployment(em, id, deployment);
    await instances.recordDatabase(em, id, { databaseServer: 'main', databaseRole: 'odoo_1' });
    expect(await instances.get(id)).toMatchObject({
      ...deployment,
      databaseServer: 'main',
      databaseRole: 'odoo_1',
    });
    await instances.clearDeployment(em, id);
    await instances.clearDatabase(em, id);
    const cleared = await instances.get(id);
    expect(cleared.serviceName).toBe(serviceName);
    for (const name of ['serviceId', 'internalUrl', 'databaseServer', 'databaseRole'])
      expect(cleared).not.toHaveProperty(name);
    await expect(instances.recordDeployment(em, newId(), deployment)).rejects.toMatchObject({
      code: 'instance.not_found',
    });
  });

  it('keeps passwords sealed and bound to their instance', async () => {
    const secrets = new InstanceSecretsRepository(new SecretBox(Buffer.alloc(32, 7).toString('base64')));
    const em = database.dataSource.manager;
    const [one, other] = [await insert(), await insert()];
    const adminPassword = randomSecret();
    await secrets.set(em, one.id, { adminPassword });
    await secrets.set(em, one.id, { databasePassword: 'second' });
    expect(await secrets.open(em, one.id)).toEqual({ adminPassword, databasePassword: 'second' });
    expect(await secrets.open(em, other.id)).toEqual({});
    const [row] = await em.query<{ row: string }[]>(
      'SELECT instance::text AS row FROM instance WHERE id = $1',
      [one.id],
    );
    expect(row?.row).toContain('v1.');
    expect(row?.row).not.toContain(adminPassword);
    expect(JSON.stringify(await instances.get(one.id))).not.toContain('v1.');
    await em.query(
      `UPDATE instance SET admin_password_sealed = (SELECT admin_password_sealed FROM instance WHERE id = $1) WHERE id = $2`,
      [one.id, other.id],
    );
    await expect(secrets.open(em, other.id)).rejects.toMatchObject({ code: 'secret_box.unreadable' });
  });
});
