import { newId, randomSecret } from '@saasodoo/kernel';
import { startPostgres } from '@saasodoo/testing';
import { TenantDatabases } from './tenant-databases';

jest.setTimeout(180_000);

describe('a copy of a database of an instance', () => {
  const instanceId = newId();
  const hex = instanceId.replaceAll('-', '');
  const owner = `odoo_${hex}`;
  const stranger = `odoo_${newId().replaceAll('-', '')}`;
  const [from, name] = [`live-${hex.slice(-12)}`, `staged_${hex}`];
  const login = { user: owner, password: randomSecret() };
  const copy = { from, name, owner, instanceId, withinMs: 60_000 };
  let databases: TenantDatabases;

  beforeAll(async () => {
    const url = new URL((await startPostgres()).url);
    databases = new TenantDatabases({
      name: 'tenants-1',
      host: url.hostname,
      port: Number(url.port),
      adminUser: url.username,
      adminPassword: url.password,
      adminDatabase: url.pathname.slice(1),
    });
    await databases.ensureRole(owner, login.password);
    await databases.ensureRole(stranger, login.password);
    await databases.ensureDatabase({ name: from, owner, instanceId });
    await databases.withDatabase(from, (sql) => sql.query('CREATE TABLE kept AS SELECT 1 AS one'), login);
  });

  afterEach(() => databases.dropDatabase(name, { owner }));

  afterAll(async () => {
    await databases.dropDatabase(from, { owner });
    for (const role of [owner, stranger]) await databases.dropRole(role);
    await databases.close();
  });

  const readAs = (database: string, user: string): Promise<object[]> =>
    databases.withDatabase(database, (sql) => sql.query('SELECT one FROM kept'), { ...login, user });

  test('has everything, and is as much the owner’s as the original', async () => {
    await databases.copyDatabase(copy);
    expect(await readAs(name, owner)).toEqual([{ one: 1 }]);
    await databases.withDatabase(name, (sql) => sql.query('UPDATE kept SET one = 2'), login);
    expect(await readAs(from, owner)).toEqual([{ one: 1 }]);
    const [original, made] = [await databases.describe(from), await databases.describe(name)];
    expect(made).toMatchObject({ owner, instanceId, allowsConnections: true, isTemplate: false });
    expect(made?.comment).toBe(original?.comment);
    await expect(readAs(name, stranger)).rejects.toThrow();
  });

  test('is made although somebody is in the original, who is put out', async () => {
    await databases.withDatabase(
      from,
      async (sql) => {
        await databases.copyDatabase(copy);
        await expect(sql.query('SELECT 1')).rejects.toMatchObject({ code: 'database_server.unreachable' });
      },
      login,
    );
    expect(await readAs(name, owner)).toEqual([{ one: 1 }]);
  });

  test.each<[string, object, string]>([
    ['what is not there', { from: `none-${hex.slice(-12)}` }, 'database.copy_source_missing'],
    ["another owner's database", { owner: stranger }, 'database.not_ours'],
    ['a name that is taken', { name: from }, 'database.name_taken'],
  ])('cannot be had of %s', async (_what, change, code) => {
    await expect(databases.copyDatabase({ ...copy, ...change })).rejects.toMatchObject({ code });
  });
});
