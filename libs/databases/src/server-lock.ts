import type { AdminConnections } from './admin-connections';
import type { SqlClient } from './sql-client';

export interface LockedWork<T> {
  readonly name: string;
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly signal: AbortSignal;
}

/** A session lock on a connection of its own: it ends with the process that holds it, however that ends. */
export async function withServerLock<T>(
  connections: AdminConnections,
  { name, work, signal }: LockedWork<T>,
): Promise<T> {
  signal.throwIfAborted();
  const wish = { database: connections.server.adminDatabase, statementTimeoutMs: 0 };
  return connections.held(wish, async ({ sql, lost }) => {
    await lock(sql, connections.sql, { name, signal });
    return work(AbortSignal.any([signal, lost]));
  });
}

/** A session that waits does not notice that its client left, so it is told to stop through another one. */
async function lock(
  sql: SqlClient,
  other: SqlClient,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<void> {
  const [session] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  let cancelled: Promise<unknown> | undefined;
  const cancel = () => {
    // When the server cannot be told, it is the server that is gone, and the wait for the lock fails by itself.
    cancelled = other.query('SELECT pg_cancel_backend($1)', [session?.pid]).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await sql.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelled;
  }
  signal.throwIfAborted();
}
