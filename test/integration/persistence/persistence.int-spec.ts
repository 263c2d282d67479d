import {
  AdvisoryLock,
  createDataSource,
  DatabaseSession,
  migrate,
  runInTransaction,
  runSql,
  sql,
  violates,
  writeTogether,
} from '@saasodoo/persistence';
import { freshDatabase, type TestDatabase } from '@saasodoo/testing';

jest.setTimeout(240_000);

describe('persistence', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });

  afterAll(() => database.close());

  it('migrates once when several processes start together, and finds nothing to do afterwards', async () => {
    await database.dataSource.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const starting = [1, 2, 3].map(async (number) => {
      const dataSource = createDataSource({
        url: database.url,
        poolSize: 2,
        applicationName: `starter-${number}`,
      });
      await dataSource.initialize();
      const ran = await migrate(dataSource);
      await dataSource.destroy();
      return ran;
    });
    const ran = await Promise.all(starting);
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(database.dataSource)).toEqual([]);
  });

  it('undoes every migration', async () => {
    const applied: object[] = await database.dataSource.query('SELECT 1 FROM migration');
    const count = applied.length;
    for (let undone = 0; undone < count; undone += 1) await database.dataSource.undoLastMigration();
    expect(
      await database.dataSource.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`),
    ).toEqual([{ tablename: 'migration' }]);
    expect(await migrate(database.dataSource)).toHaveLength(count);
  });

  it('gives a lock to one session, and to the next when that one ends', async () => {
    const held = await AdvisoryLock.acquire(database.dataSource, 'test.lock');
    expect(await AdvisoryLock.tryAcquire(database.dataSource, 'test.lock')).toBeUndefined();
    const waiting = AdvisoryLock.acquire(database.dataSource, 'test.lock', { everyMs: 10 });
    await held.release();
    const next = await waiting;
    expect(next.lost.aborted).toBe(false);
    await next.release();
  });

  it('notices that a lock is lost with its connection', async () => {
    const lock = await AdvisoryLock.acquire(database.dataSource, 'test.lost');
    const lost = new Promise((resolve) => lock.lost.addEventListener('abort', resolve));
    const [row] = await lock.session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.dataSource.query('SELECT pg_terminate_backend($1)', [row?.pid]);
    await lost;
    await expect(lock.session.query('SELECT 1')).rejects.toThrow();
  });

  it('gives up waiting for a lock when it is told to', async () => {
    const held = await AdvisoryLock.acquire(database.dataSource, 'test.abort');
    const stop = new AbortController();
    const waiting = AdvisoryLock.acquire(database.dataSource, 'test.abort', { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await held.release();
  });

  it('hears notifications', async () => {
    const session = await DatabaseSession.open(database.dataSource, 'listen');
    const heard = new Promise<void>(
      (resolve) => void session.listen('test_news', resolve).then(() => notify()),
    );
    const notify = (): Promise<unknown> => database.dataSource.query('NOTIFY test_news');
    await heard;
    await session.close();
  });

  it('rolls a transaction back when its work fails', async () => {
    await database.dataSource.query('CREATE TABLE thing (id int)');
    const failing = runInTransaction(database.dataSource, async (em) => {
      await em.query('INSERT INTO thing VALUES (1)');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.dataSource.query('SELECT id FROM thing')).toEqual([]);
  });

  describe('sql', () => {
    const customer = (email: string) =>
      sql`INSERT INTO customer (id, email, password_hash, first_name, last_name)
          VALUES (gen_random_uuid(), ${email}, 'hash', 'Ada', 'Lovelace')`;
    const known = async (pattern: string): Promise<string[]> => {
      const found = sql`SELECT email FROM customer WHERE email LIKE ${pattern} ORDER BY email`;
      const rows = await runSql<{ email: string }>(database.dataSource.manager, found);
      return rows.map(({ email }) => email);
    };

    it('is planned once per connection', async () => {
      await runInTransaction(database.dataSource, async (em) => {
        for (const number of [1, 2, 3]) await runSql(em, sql`SELECT ${number}::int AS planned_once`);
        const prepared = await runSql(
          em,
          sql`SELECT name FROM pg_prepared_statements WHERE statement LIKE '%AS planned_once'`,
        );
        expect(prepared).toHaveLength(1);
      });
    });

    it('writes together at one time', async () => {
      const { manager } = database.dataSource;
      const now = await writeTogether(manager, [customer('together-1@x.org'), customer('together-2@x.org')]);
      expect(now).toBeInstanceOf(Date);
      expect(await known('together-%')).toEqual(['together-1@x.org', 'together-2@x.org']);
    });

    it('writes nothing when one of the writes fails, and names the constraint', async () => {
      const writes = [customer('never@x.org'), customer('NEVER@x.org')];
      const failed: unknown = await writeTogether(database.dataSource.manager, writes).catch(
        (error: unknown) => error,
      );
      expect(violates(failed, 'customer_email_check')).toBe(true);
      expect(violates(failed, 'customer_pkey')).toBe(false);
      expect(await known('never%')).toEqual([]);
    });

    it('belongs to the transaction it is run in', async () => {
      const undone = runInTransaction(database.dataSource, async (em) => {
        await writeTogether(em, [customer('undone@x.org')]);
        throw new Error('stop');
      });
      await expect(undone).rejects.toThrow('stop');
      expect(await known('undone%')).toEqual([]);
    });
  });
});
