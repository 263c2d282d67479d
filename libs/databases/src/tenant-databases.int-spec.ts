import { type AppError, newId, randomSecret } from '@saasodoo/kernel';
import { startPostgres } from '@saasodoo/testing';
import { Client } from 'pg';
import type { TenantServer } from './admin-connections';
import { quotedName } from './names';
import { type SqlClient, transaction } from './sql-client';
import { TenantDatabases } from './tenant-databases';

/** An instance as this library sees it; what it makes is removed after the test. */
interface Tenant {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly password: string;
}

// Copying databases takes seconds when the machine is busy.
jest.setTimeout(120_000);

describe('TenantDatabases', () => {
  const run = newId().replaceAll('-', '').slice(-12);
  const builder = `builder_${run}`;
  const template = `template_${run}`;
  const never = new AbortController().signal;
  const tenants: Tenant[] = [];
  let server: TenantServer;
  let databases: TenantDatabases;

  const tenant = (): Tenant => {
    const id = newId();
    const hex = id.replaceAll('-', '');
    const made = { id, role: `odoo_${hex}`, name: `shop-${hex.slice(-12)}`, password: randomSecret() };
    tenants.push(made);
    return made;
  };
  const wish = ({ id, role, name }: Tenant, from?: string) => ({
    name,
    owner: role,
    instanceId: id,
    ...(from === undefined ? {} : { template: from }),
  });
  const made = async (from?: string): Promise<Tenant> => {
    const one = tenant();
    await databases.ensureRole(one.role, one.password);
    await databases.ensureDatabase(wish(one, from));
    return one;
  };
  const as = <T>({ role, password }: Tenant, database: string, work: (sql: SqlClient) => Promise<T>) =>
    databases.withDatabase(database, work, { user: role, password });
  const admin = (text: string, values?: readonly unknown[]) =>
    databases.withDatabase('postgres', (sql) => sql.query(text, values));
  const whoAmI = (sql: SqlClient) => sql.query<{ user: string }>('SELECT current_user AS user');
  const code = (expected: string, retryable = false) =>
    expect.objectContaining({ code: expected, retryable }) as AppError;

  beforeAll(async () => {
    const url = new URL((await startPostgres()).url);
    server = {
      name: 'tenants-1',
      host: url.hostname,
      port: Number(url.port),
      adminUser: url.username,
      adminPassword: url.password,
      adminDatabase: url.pathname.slice(1),
    };
    databases = new TenantDatabases(server);
    const password = randomSecret();
    await databases.ensureRole(builder, password);
    await databases.createEmpty(template, builder);
    await databases.withDatabase(template, fillTemplate, { user: builder, password });
    await databases.sealTemplate(template, JSON.stringify({ 'saasodoo.template': '14' }));
  });

  afterEach(async () => {
    for (const { name, role } of tenants.splice(0).reverse()) {
      await databases.dropDatabase(name, { owner: role });
      await databases.dropRole(role);
    }
  });

  afterAll(async () => {
    await databases.dropTemplate(template);
    await databases.dropRole(builder);
    await databases.close();
  });

  describe('roles', () => {
    test('log in with their password, the newest one alone', async () => {
      const one = await made();
      expect(await as(one, one.name, whoAmI)).toEqual([{ user: one.role }]);
      await databases.ensureRole(one.role, 'another-password');
      await expect(as(one, one.name, whoAmI)).rejects.toEqual(code('database_server.login_refused', true));
      expect(await as({ ...one, password: 'another-password' }, one.name, whoAmI)).toEqual([
        { user: one.role },
      ]);
    });

    test('have no rights beyond their own database', async () => {
      const { role } = await made();
      expect(
        await admin(
          `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit, rolconnlimit
           FROM pg_roles WHERE rolname = $1`,
          [role],
        ),
      ).toEqual([
        {
          rolsuper: false,
          rolcreatedb: false,
          rolcreaterole: false,
          rolreplication: false,
          rolbypassrls: false,
          rolinherit: false,
          rolconnlimit: 64,
        },
      ]);
    });

    test('are made once by many at once', async () => {
      const { role, password } = tenant();
      await Promise.all(Array.from({ length: 8 }, () => databases.ensureRole(role, password)));
      expect(await admin('SELECT rolname FROM pg_roles WHERE rolname = $1', [role])).toHaveLength(1);
    });

    test('that somebody else made are neither changed nor dropped', async () => {
      const role = `foreign_${run}`;
      await admin(`CREATE ROLE ${role} SUPERUSER`);
      await expect(databases.ensureRole(role, randomSecret())).rejects.toEqual(code('database.not_ours'));
      await expect(databases.dropRole(role)).rejects.toEqual(code('database.not_ours'));
      expect(await admin('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [role])).toEqual([
        { rolsuper: true },
      ]);
      await admin(`DROP ROLE ${role}`);
    });

    test('stay while they own a database, and go with their sessions', async () => {
      const one = await made();
      await expect(databases.dropRole(one.role)).rejects.toEqual(code('database.role_in_use'));
      await databases.dropDatabase(one.name, { owner: one.role });
      await databases.dropRole(one.role);
      await databases.dropRole(one.role);
      expect(await admin('SELECT FROM pg_roles WHERE rolname = $1', [one.role])).toEqual([]);
    });

    test('never send their password in the clear', async () => {
      const { role, password } = tenant();
      const seen = jest.spyOn(Client.prototype, 'query');
      await databases.ensureRole(role, password);
      const texts = seen.mock.calls.map((call) => JSON.stringify(call));
      seen.mockRestore();
      expect(texts.filter((text) => text.includes(role))).not.toEqual([]);
      expect(texts.filter((text) => text.includes(password))).toEqual([]);
    });
  });

  describe('isolation', () => {
    test("keeps tenants out of each other's databases, of templates and of template1", async () => {
      const [one, other] = [await made(template), await made(template)];
      for (const database of [other.name, template, 'template1', 'template0']) {
        await expect(as(one, database, whoAmI)).rejects.toThrow(/permission denied|not currently accepting/);
      }
    });

    test('lets them into postgres, as Odoo needs, to look and listen and nothing else', async () => {
      const one = await made();
      const inside = (text: string) => as(one, 'postgres', (sql) => sql.query(text));
      await expect(
        inside(`SELECT datname FROM pg_database WHERE datname = '${one.name}'`),
      ).resolves.toHaveLength(1);
      await expect(inside('LISTEN imbus')).resolves.toEqual([]);
      for (const text of [
        'CREATE TABLE public.mine (id int)',
        'CREATE TEMPORARY TABLE mine (id int)',
        'CREATE SCHEMA mine',
        'SELECT lo_create(0)',
        'SELECT pg_advisory_lock(1)',
        'SELECT rolpassword FROM pg_authid',
        'CREATE DATABASE mine',
      ]) {
        await expect(inside(text)).rejects.toThrow(/permission denied/);
      }
    });

    test('nobody can act as another, or as the group of all', async () => {
      const [one, other] = [await made(), await made()];
      for (const role of [other.role, builder, 'saasodoo_tenants', server.adminUser]) {
        await expect(as(one, one.name, (sql) => sql.query(`SET ROLE ${quotedName(role)}`))).rejects.toThrow(
          /permission denied/,
        );
      }
    });
  });

  describe('clones', () => {
    test('belong to the tenant with everything in them', async () => {
      const one = await made(template);
      const rows = await as(one, one.name, async (sql) => {
        await sql.query('ALTER TABLE partner ADD COLUMN note text');
        await sql.query(`INSERT INTO partner (name, note) VALUES ('Eve', 'x')`);
        await sql.query('CREATE TABLE fresh (id serial PRIMARY KEY)');
        await sql.query('CREATE OR REPLACE VIEW names AS SELECT name FROM partner');
        await sql.query('DROP FUNCTION twice(int)');
        await sql.query('CREATE SCHEMA extra');
        return sql.query<{ name: string }>('SELECT name FROM names ORDER BY name');
      });
      expect(rows).toEqual([{ name: 'Ada' }, { name: 'Eve' }]);
      expect(await ownersIn(one.name)).toEqual([one.role]);
    });

    test('are described, and listed with templates', async () => {
      const one = await made(template);
      const found = await databases.describe(one.name);
      expect(found).toMatchObject({
        name: one.name,
        owner: one.role,
        comment: JSON.stringify({ 'saasodoo.instance.id': one.id }),
        instanceId: one.id,
        isTemplate: false,
        allowsConnections: true,
        isHalfDropped: false,
        sizeBytes: expect.any(Number) as number,
      });
      expect(found?.sizeBytes).toBeGreaterThan(1_000_000);
      const names = (await databases.list()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([one.name, template]));
      expect(names).not.toContain('postgres');
      expect(await databases.describe('nobody-has-this')).toBeUndefined();
    });

    test('leave the template and its builder as they were', async () => {
      const before = await databases.describe(template);
      await made(template);
      expect(await databases.describe(template)).toEqual(before);
      expect(before).toMatchObject({ owner: server.adminUser, isTemplate: true, allowsConnections: false });
    });

    test('of one template are made ten at a time', async () => {
      const ten = await Promise.all(Array.from({ length: 10 }, () => made(template)));
      for (const { name, role } of ten) expect(await ownersIn(name)).toEqual([role]);
    });

    test('of what is not sealed wait for it', async () => {
      const one = tenant();
      await databases.ensureRole(one.role, one.password);
      await databases.unsealTemplate(template);
      await expect(databases.ensureDatabase(wish(one, template))).rejects.toEqual(
        code('database.template_busy', true),
      );
      await databases.sealTemplate(template, JSON.stringify({ 'saasodoo.template': '14' }));
      await databases.ensureDatabase(wish(one, template));
      expect(await databases.describe(one.name)).toMatchObject({ allowsConnections: true });
    });

    test('of the database of another tenant are refused, and that one stays theirs', async () => {
      const [victim, one] = [await made(template), tenant()];
      await databases.ensureRole(one.role, one.password);
      await admin(`ALTER DATABASE ${quotedName(victim.name)} IS_TEMPLATE true`);
      await expect(databases.ensureDatabase(wish(one, victim.name))).rejects.toEqual(
        code('database.template_unsafe'),
      );
      expect(await databases.describe(victim.name)).toMatchObject({ owner: victim.role });
      expect(await databases.describe(one.name)).toBeUndefined();
    });

    test('never hand over the databases of the builder', async () => {
      const one = tenant();
      await databases.ensureRole(one.role, one.password);
      const owned = `owned_${run}`;
      await admin(`CREATE DATABASE ${owned} OWNER ${builder}`);
      await expect(databases.ensureDatabase(wish(one, template))).rejects.toEqual(
        code('database.template_unsafe'),
      );
      expect(await databases.describe(owned)).toMatchObject({ owner: builder });
      expect(await databases.describe(one.name)).toMatchObject({ allowsConnections: false });
      await databases.dropDatabase(owned, { owner: builder });
      await databases.ensureDatabase(wish(one, template));
      expect(await ownersIn(one.name)).toEqual([one.role]);
    });
  });

  describe('resumes', () => {
    const bare = async (one: Tenant) => {
      await databases.ensureRole(one.role, one.password);
      await admin(
        `CREATE DATABASE ${quotedName(one.name)} OWNER ${quotedName(one.role)} TEMPLATE ${template} CONNECTION LIMIT 0`,
      );
    };
    const finished = async (one: Tenant) => {
      await databases.ensureDatabase(wish(one, template));
      expect(await ownersIn(one.name)).toEqual([one.role]);
      expect(await databases.describe(one.name)).toMatchObject({
        allowsConnections: true,
        instanceId: one.id,
      });
      expect(await as(one, one.name, whoAmI)).toEqual([{ user: one.role }]);
    };

    test('where only the role was made', async () => {
      const one = tenant();
      await databases.ensureRole(one.role, one.password);
      await finished(one);
    });

    test('where the database was made and nothing more, which nobody could enter', async () => {
      const one = tenant();
      await bare(one);
      await expect(as(one, one.name, whoAmI)).rejects.toEqual(code('database_server.unreachable', true));
      expect((await databases.list()).map(({ name }) => name)).toContain(one.name);
      await finished(one);
    });

    test('where some objects had been handed over', async () => {
      const one = tenant();
      await bare(one);
      await databases.withDatabase(one.name, (sql) =>
        sql.query(`ALTER TABLE partner OWNER TO ${quotedName(one.role)}`),
      );
      await finished(one);
    });

    test('where all was done, and changes nothing', async () => {
      const one = await made(template);
      await as(one, one.name, (sql) => sql.query('CREATE TABLE kept (id int)'));
      await finished(one);
      expect(await as(one, one.name, (sql) => sql.query('SELECT * FROM kept'))).toEqual([]);
    });

    test('where a drop had been interrupted', async () => {
      const one = await made(template);
      await admin('UPDATE pg_database SET datconnlimit = -2 WHERE datname = $1', [one.name]);
      expect(await databases.describe(one.name)).toMatchObject({
        isHalfDropped: true,
        allowsConnections: false,
      });
      await finished(one);
    });

    test('when several try at once', async () => {
      const one = tenant();
      await databases.ensureRole(one.role, one.password);
      await Promise.all(Array.from({ length: 4 }, () => databases.ensureDatabase(wish(one, template))));
      await finished(one);
    });
  });

  describe("somebody else's", () => {
    test('name is taken', async () => {
      const [one, other] = [await made(), tenant()];
      await databases.ensureRole(other.role, other.password);
      await expect(databases.ensureDatabase({ ...wish(other), name: one.name })).rejects.toMatchObject({
        code: 'database.name_taken',
        httpStatus: 409,
      });
    });

    test('database is not dropped', async () => {
      const [one, other] = [await made(), tenant()];
      await expect(databases.dropDatabase(one.name, { owner: other.role })).rejects.toEqual(
        code('database.not_ours'),
      );
      await expect(databases.dropTemplate(one.name)).rejects.toEqual(code('database.not_ours'));
      await expect(databases.sealTemplate(one.name, '{}')).rejects.toEqual(code('database.not_ours'));
      expect(await databases.describe(one.name)).toMatchObject({ owner: one.role });
    });

    test('names of the server itself are refused', async () => {
      await expect(databases.dropDatabase('postgres', { owner: server.adminUser })).rejects.toEqual(
        code('database.name_reserved'),
      );
      await expect(databases.dropTemplate('template1')).rejects.toEqual(code('database.name_reserved'));
    });
  });

  test('drops a database in use, and again', async () => {
    const one = await made(template);
    const client = new Client({ ...server, user: one.role, password: one.password, database: one.name });
    const lost = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await databases.dropDatabase(one.name, { owner: one.role });
    expect((await lost).message).toMatch(/terminat/);
    await databases.dropDatabase(one.name, { owner: one.role });
    expect(await databases.describe(one.name)).toBeUndefined();
  });

  test('drops a template that an interrupted drop left behind', async () => {
    const name = `dropped_${run}`;
    await databases.ensureRole(builder, randomSecret());
    await databases.createEmpty(name, builder);
    await admin('UPDATE pg_database SET datconnlimit = -2 WHERE datname = $1', [name]);
    expect(await databases.describe(name)).toMatchObject({ isHalfDropped: true });
    await databases.dropTemplate(name);
    await databases.createEmpty(name, builder);
    await databases.dropTemplate(name);
    expect(await databases.describe(name)).toBeUndefined();
  });

  test('seals a template although its builder has not left', async () => {
    const name = `sealed_${run}`;
    const password = randomSecret();
    await databases.ensureRole(builder, password);
    await databases.createEmpty(name, builder);
    await expect(databases.createEmpty(name, builder)).rejects.toEqual(code('database.name_taken'));
    const client = new Client({ ...server, user: builder, password, database: name });
    const lost = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await databases.sealTemplate(name, JSON.stringify({ 'saasodoo.template': '15' }));
    expect((await lost).message).toMatch(/terminat/);
    await databases.sealTemplate(name, JSON.stringify({ 'saasodoo.template': '16' }));
    expect(await databases.describe(name)).toMatchObject({
      comment: JSON.stringify({ 'saasodoo.template': '16' }),
      isTemplate: true,
      allowsConnections: false,
    });
    await databases.dropTemplate(name);
    await databases.dropTemplate(name);
    expect(await databases.describe(name)).toBeUndefined();
  });

  describe('withLock', () => {
    test('lets one in at a time', async () => {
      let inside = 0;
      const seen = await Promise.all(
        Array.from({ length: 4 }, () =>
          databases.withLock(
            `one-${run}`,
            async () => {
              inside += 1;
              await admin('SELECT pg_sleep(0.02)');
              const count = inside;
              inside -= 1;
              return count;
            },
            never,
          ),
        ),
      );
      expect(seen).toEqual([1, 1, 1, 1]);
    });

    test('stops waiting when told to, and leaves the queue', async () => {
      const name = `stop-${run}`;
      const stop = new AbortController();
      await databases.withLock(
        name,
        async () => {
          const waiting = databases.withLock(name, () => Promise.resolve('in'), stop.signal);
          await untilWaiting();
          stop.abort(new Error('enough'));
          await expect(waiting).rejects.toThrow('enough');
          expect(await locksWaitedFor()).toBe(0);
        },
        never,
      );
      expect(await databases.withLock(name, () => Promise.resolve('in'), never)).toBe('in');
    });

    test('tells the work when the lock is lost', async () => {
      const work = (signal: AbortSignal) =>
        new Promise<unknown>((resolve, reject) => {
          signal.addEventListener('abort', () => resolve(signal.reason));
          admin(
            `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)`,
            [`lost-${run}`],
          ).catch(reject);
        });
      expect(await databases.withLock(`lost-${run}`, work, never)).toEqual(
        code('database_server.unreachable', true),
      );
    });

    const locksWaitedFor = async () =>
      (await admin(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length;
    const untilWaiting = async () => {
      while ((await locksWaitedFor()) === 0) await admin('SELECT pg_sleep(0.02)');
    };
  });

  test('a failed transaction leaves nothing behind', async () => {
    const one = await made(template);
    await as(one, one.name, async (sql) => {
      const failing = transaction(sql, async () => {
        await sql.query(`INSERT INTO partner (name) VALUES ('Mallory')`);
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await sql.query('SELECT name FROM partner')).toEqual([{ name: 'Ada' }]);
    });
  });

  test('says what to do when the server is not there', async () => {
    const nobody = new TenantDatabases({ ...server, port: 1 });
    for (const attempt of [nobody.prepareServer(), nobody.list(), nobody.withDatabase('any', whoAmI)]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'database_server.unreachable',
        retryable: true,
        hint: expect.stringContaining('network') as string,
      });
    }
    await nobody.close();
  });

  /** Roles that own anything in the database, the administrator's built-in objects aside. */
  async function ownersIn(database: string): Promise<string[]> {
    const rows = await databases.withDatabase(database, (sql) =>
      sql.query<{ owner: string }>(
        `SELECT DISTINCT s.refobjid::regrole::text AS owner FROM pg_shdepend s
           JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
          WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('o', 'a')`,
      ),
    );
    return rows.map(({ owner }) => owner);
  }
});

/** One of each kind of object that Odoo makes. */
async function fillTemplate(sql: SqlClient): Promise<void> {
  await sql.query('CREATE TABLE partner (id serial PRIMARY KEY, name varchar NOT NULL)');
  await sql.query('CREATE SEQUENCE loose');
  await sql.query('CREATE VIEW names AS SELECT name FROM partner');
  await sql.query('CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $$ SELECT 2 * n $$');
  await sql.query('CREATE EXTENSION pg_trgm');
  await sql.query(`INSERT INTO partner (name) VALUES ('Ada')`);
  await sql.query('SELECT lo_create(0)');
}
