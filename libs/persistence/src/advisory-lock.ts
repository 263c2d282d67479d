import type { DataSource } from 'typeorm';
import { DatabaseSession } from './database-session';

/**
 * A lock that lives exactly as long as its own connection: PostgreSQL frees it when the holder dies.
 * Whoever selects work through `session` cannot do so after having lost the lock.
 */
export class AdvisoryLock {
  private constructor(readonly session: DatabaseSession) {}

  /** Resolves `undefined` at once when somebody else holds it. Throws `database.unreachable`. */
  static async tryAcquire(dataSource: DataSource, name: string): Promise<AdvisoryLock | undefined> {
    const session = await DatabaseSession.open(dataSource, `lock:${name}`);
    const [row] = await query<{ locked: boolean }>(
      session,
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
      name,
    );
    if (row?.locked === true) return new AdvisoryLock(session);
    await session.close();
    return undefined;
  }

  /** Waits for as long as somebody else holds it. Throws `database.unreachable`. */
  static async acquire(dataSource: DataSource, name: string): Promise<AdvisoryLock> {
    const session = await DatabaseSession.open(dataSource, `lock:${name}`);
    await query(session, 'SELECT pg_advisory_lock(hashtextextended($1, 0))', name);
    return new AdvisoryLock(session);
  }

  get lost(): AbortSignal {
    return this.session.lost;
  }

  async release(): Promise<void> {
    await this.session.close();
  }
}

async function query<Row extends object>(
  session: DatabaseSession,
  sql: string,
  name: string,
): Promise<Row[]> {
  try {
    return await session.query<Row>(sql, [name]);
  } catch (error) {
    await session.close();
    throw error;
  }
}
