import type { DataSource } from 'typeorm';
import { AdvisoryLock } from './advisory-lock';

/**
 * Brings the database to the newest schema and answers the names of the migrations that ran.
 * Several processes may call it at once: they take turns, and the later ones find nothing to do.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const lock = await AdvisoryLock.acquire(dataSource, 'saasodoo.migrations', { everyMs: 100 });
  try {
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    await lock.release();
  }
}
