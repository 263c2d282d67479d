import type { ClientBase } from 'pg';
import { translateServerError } from './server-error';

/** One connection to one database. Values are always parameters, never part of the text. */
export interface SqlClient {
  /** Rows of one statement; bigint and numeric arrive as text. Throws what PostgreSQL says, or `database_server.*`. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Wraps a connection or a pool of `server`. */
export function sqlClient(connection: Pick<ClientBase, 'query'>, server: string): SqlClient {
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      try {
        return (await connection.query<Row & Record<string, unknown>>(text, [...values])).rows;
      } catch (error) {
        throw translateServerError(error, server);
      }
    },
  };
}

/** Commits what `work` did, or rolls all of it back when it throws. */
export async function transaction<T>(sql: SqlClient, work: (sql: SqlClient) => Promise<T>): Promise<T> {
  await sql.query('BEGIN');
  try {
    const result = await work(sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    // The reason is what matters: a connection that cannot roll back is rolled back by the server when it ends.
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Until the transaction ends, nobody else on this database gets past the same call. */
export async function lockUntilCommit(sql: SqlClient, name: string): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
