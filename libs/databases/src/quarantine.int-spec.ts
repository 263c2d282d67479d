import { newId, randomSecret } from '@saasodoo/kernel';
import { startPostgres } from '@saasodoo/testing';
import type { TenantServer } from './admin-connections';
import { TenantDatabases } from './tenant-databases';

jest.setTimeout(120_000);

describe('what is set aside on a tenant server', () => {
  const instanceId = newId();
  const hex = instanceId.replaceAll('-', '');
  const role = `odoo_${hex}`;
  const name = `aside-${hex.slice(-12)}`;
  const builder = `builder_${hex.slice(-12)}`;
  const template = `template_${hex.slice(-12)}`;
  const login = { user: role, password: randomSecret() };
  let server: TenantServer;
  let databases: TenantDatabases;

  const enter = () => databases.withDatabase(name, (sql) => sql.query('SELECT 1'), login);
  const roleNamed = async (wanted: string) =>
    (await databases.listRoles()).find((found) => found.name === wanted);

  beforeAll(async () => {
    const url = new URL((await startPostgres()).url);
    server = {
      name: 'tenants-1',
      host: url.hostname,
      port: Number(url.port),
      adminUser: url.username,
      adminPassword: url.password,
      adminDatabase: url.pathname.slice(1),
      platform: 'ours',
    };
    databases = new TenantDatabases(server);
    await databases.ensureRole(role, login.password);
    await databases.ensureDatabase({ name, owner: role, instanceId });
  });

  afterAll(async () => {
    await databases.dropDatabase(name, { owner: role });
    await databases.dropRole(role);
    await databases.dropTemplate(template);
    await databases.dropRole(builder);
    await databases.close();
  });

  test('a database says whose it is, and since when', async () => {
    const found = await databases.describe(name);
    expect(found).toMatchObject({ instanceId, platform: 'ours', isHalfBuilt: false, owner: role });
    expect(Date.now() - found!.createdAt!.getTime()).toBeLessThan(600_000);
    expect((await databases.list()).map((one) => one.name)).toContain(name);
  });

  test('a database that nobody may enter throws its sessions out, and is given back as it was', async () => {
    await databases.withDatabase(
      name,
      async (sql) => {
        await databases.setAccess(name, { owner: role, open: false });
        await expect(sql.query('SELECT 1')).rejects.toMatchObject({ code: 'database_server.unreachable' });
      },
      login,
    );
    await expect(enter()).rejects.toThrow('not currently accepting connections');
    await databases.setAccess(name, { owner: role, open: true });
    await expect(enter()).resolves.toHaveLength(1);
    await expect(databases.setAccess(name, { owner: 'somebody', open: false })).rejects.toMatchObject({
      code: 'database.not_ours',
    });
  });

  test('a role may be kept from logging in', async () => {
    expect(await roleNamed(role)).toMatchObject({ platform: 'ours', canLogIn: true, isInUse: true });
    await databases.setRoleLogin(role, false);
    await expect(enter()).rejects.toMatchObject({ code: 'database_server.login_refused' });
    await databases.setRoleLogin(role, true);
    await expect(enter()).resolves.toHaveLength(1);
  });

  test("a role that owns nothing is in nobody's way", async () => {
    await databases.ensureRole(builder, randomSecret());
    expect(await roleNamed(builder)).toMatchObject({ platform: 'ours', isInUse: false });
    await databases.createEmpty(template, builder);
    expect(await roleNamed(builder)).toMatchObject({ isInUse: true });
  });

  test('a template is half-built until it is sealed', async () => {
    expect(await databases.describe(template)).toMatchObject({ isHalfBuilt: true, platform: 'ours' });
    await databases.sealTemplate(template, JSON.stringify({ 'saasodoo.template': '17' }));
    expect(await databases.describe(template)).toMatchObject({
      isHalfBuilt: false,
      platform: 'ours',
      comment: '{"saasodoo.template":"17","saasodoo.platform":"ours"}',
    });
  });
});
