import { systemClock } from '@saasodoo/kernel';
import type { DataSource } from 'typeorm';
import { DatabaseSession } from './database-session';

const TRY_EVERY_MS = 500;

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  readonly everyMs?: number;
}

/**
 * A lock that lives exactly as long as its own connection: PostgreSQL frees it when the holder dies.
 * Whoever selects work through `session` cannot do so after having lost the lock.
 */
export class AdvisoryLock {
  private constructor(readonly session: DatabaseSession) {}

  /**
   * Waits for as long as somebody else holds it, asking every `everyMs`: a statement that blocked inside PostgreSQL
   * would hold its snapshot meanwhile and keep vacuum from cleaning. Throws `database.unreachable`.
   */
  static async acquire(
    dataSource: DataSource,
    name: string,
    { signal, everyMs = TRY_EVERY_MS }: AcquireOptions = {},
  ): Promise<AdvisoryLock> {
    const session = await DatabaseSession.open(dataSource, `lock:${name}`);
    try {
      while (!(await tryLock(session, name))) await systemClock.sleep(everyMs, signal);
      return new AdvisoryLock(session);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Resolves `undefined` at once when somebody else holds it. Throws `database.unreachable`. */
  static async tryAcquire(dataSource: DataSource, name: string): Promise<AdvisoryLock | undefined> {
    const session = await DatabaseSession.open(dataSource, `lock:${name}`);
    try {
      if (await tryLock(session, name)) return new AdvisoryLock(session);
      await session.close();
      return undefined;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get lost(): AbortSignal {
    return this.session.lost;
  }

  async release(): Promise<void> {
    await this.session.close();
  }
}

async function tryLock(session: DatabaseSession, name: string): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [name],
  );
  return row?.locked === true;
}
