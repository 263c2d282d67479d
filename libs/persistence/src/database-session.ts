import { AppError } from '@saasodoo/kernel';
import { Client, type QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';

const CONNECT_TIMEOUT_MS = 5_000;
/** A server that went away without a word is noticed by this. */
const QUERY_TIMEOUT_MS = 15_000;

/**
 * One connection of its own, outside the pool: for what lives as long as a session does, session locks and LISTEN.
 * `lost` aborts when the connection ends for any reason.
 */
export class DatabaseSession {
  private readonly loss = new AbortController();

  private constructor(private readonly client: Client) {
    client.on('error', () => this.loss.abort());
    client.on('end', () => this.loss.abort());
  }

  /** @param purpose shown in pg_stat_activity behind the application's name. Throws `database.unreachable`. */
  static async open(dataSource: DataSource, purpose: string): Promise<DatabaseSession> {
    const { options } = dataSource;
    if (options.type !== 'postgres' || options.url === undefined) {
      throw AppError.terminal(
        'database.not_postgresql',
        'a session needs a PostgreSQL data source made from a URL',
      );
    }
    const client = new Client({
      connectionString: options.url,
      application_name: `${options.applicationName ?? 'saasodoo'}:${purpose}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    const session = new DatabaseSession(client);
    try {
      await client.connect();
    } catch (cause) {
      throw AppError.retryable('database.unreachable', `PostgreSQL does not accept the ${purpose} session`, {
        cause,
      });
    }
    return session;
  }

  get lost(): AbortSignal {
    return this.loss.signal;
  }

  async query<Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query<Row>(sql, [...parameters]);
    return rows;
  }

  /** Calls `onNotification` for every NOTIFY on `channel` (a plain identifier). */
  async listen(channel: string, onNotification: () => void): Promise<void> {
    this.client.on('notification', (notification) => {
      if (notification.channel === channel) onNotification();
    });
    await this.client.query(`LISTEN ${this.client.escapeIdentifier(channel)}`);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
