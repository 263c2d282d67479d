import { newId, randomSecret } from '@saasodoo/kernel';
import { startPostgres } from '@saasodoo/testing';
import type { DatabaseSwap } from './swap-databases';
import { TenantDatabases } from './tenant-databases';

jest.setTimeout(180_000);

describe('databases of one instance that change places', () => {
  const instanceId = newId();
  const hex = instanceId.replaceAll('-', '');
  const owner = `odoo_${hex}`;
  const names = { live: `live-${hex.slice(-12)}`, staged: `staged_${hex}`, replaced: `replaced_${hex}` };
  const login = { user: owner, password: randomSecret() };
  let databases: TenantDatabases;
  let swap: DatabaseSwap;

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
  });

  beforeEach(async () => {
    for (const name of [names.live, names.staged])
      await databases.ensureDatabase({ name, owner, instanceId });
    const stagedOid = (await databases.describe(names.staged))?.oid ?? '';
    swap = { owner, ...names, stagedOid };
  });

  afterEach(async () => {
    for (const name of Object.values(names)) await databases.dropDatabase(name, { owner });
  });

  afterAll(async () => {
    await databases.dropRole(owner);
    await databases.close();
  });

  const oids = async (): Promise<(string | undefined)[]> =>
    Promise.all(
      [names.live, names.staged, names.replaced].map(async (name) => (await databases.describe(name))?.oid),
    );

  test('the staged one comes in, the earlier one is kept, and all of it can be repeated and turned back', async () => {
    const [live, staged] = await oids();
    await databases.swapBack(swap);
    expect(await oids()).toEqual([live, staged, undefined]);
    for (let round = 0; round < 2; round += 1) {
      await databases.swapIn(swap);
      await databases.swapIn(swap);
      expect(await oids()).toEqual([staged, undefined, live]);
      await databases.swapBack(swap);
      await databases.swapBack(swap);
      expect(await oids()).toEqual([live, staged, undefined]);
    }
  });

  test('a session that is still there ends', async () => {
    const [live, staged] = await oids();
    await databases.withDatabase(
      names.live,
      async (sql) => {
        await databases.swapIn(swap);
        await expect(sql.query('SELECT 1')).rejects.toMatchObject({ code: 'database_server.unreachable' });
      },
      login,
    );
    expect(await oids()).toEqual([staged, undefined, live]);
  });

  test('where nothing was live, the staged one becomes so', async () => {
    await databases.dropDatabase(names.live, { owner });
    await databases.swapIn(swap);
    expect(await oids()).toEqual([swap.stagedOid, undefined, undefined]);
  });

  test('nothing is touched when the staged one is gone or another one, whether swapped in or back', async () => {
    const [live] = await oids();
    await databases.dropDatabase(names.staged, { owner });
    for (const again of [false, true]) {
      if (again) await databases.ensureDatabase({ name: names.staged, owner, instanceId });
      await expect(databases.swapIn(swap)).rejects.toMatchObject({ code: 'database.staged_missing' });
      await databases.swapBack(swap);
      expect((await oids())[0]).toBe(live);
    }
  });

  test("somebody else's database is left alone", async () => {
    await expect(databases.swapIn({ ...swap, owner: 'somebody' })).rejects.toMatchObject({
      code: 'database.not_ours',
    });
  });
});
