import type { DatabaseSession } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import type { OutboxRow } from './outbox-row';

const COLUMNS = 'message_id, type, subject, exchange, routing_key, consumers, payload, headers, created_at';

/** The relay's statements over `outbox`. */
export class OutboxStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Due messages in the order they were written, after `afterId`; through the leader's own session. */
  select(session: DatabaseSession, afterId: string, limit: number): Promise<OutboxRow[]> {
    return session.query<OutboxRow>(
      `SELECT id, message_id, type, exchange, routing_key, consumers, payload::text AS payload, headers, attempts
       FROM outbox WHERE id > $1 AND next_attempt_at <= now() ORDER BY id LIMIT $2`,
      [afterId, limit],
    );
  }

  /** Moves sent messages away; one that nobody must confirm is settled at once. */
  async archive(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `WITH sent AS (DELETE FROM outbox WHERE id = ANY($1) RETURNING *)
       INSERT INTO outbox_archive (${COLUMNS}, settled_at)
       SELECT ${COLUMNS}, CASE WHEN cardinality(consumers) = 0 THEN now() END FROM sent
       ON CONFLICT (message_id) DO NOTHING`,
      [ids],
    );
  }

  async postpone(id: string, error: string, delayMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE outbox SET attempts = attempts + 1, last_error = $2,
         next_attempt_at = now() + $3 * interval '1 millisecond' WHERE id = $1`,
      [id, error, delayMs],
    );
  }

  async park(id: string, error: string): Promise<void> {
    await this.dataSource.query(
      `WITH failed AS (DELETE FROM outbox WHERE id = $1 RETURNING *)
       INSERT INTO outbox_parked (${COLUMNS}, attempts, last_error)
       SELECT ${COLUMNS}, attempts + 1, $2 FROM failed ON CONFLICT (message_id) DO NOTHING`,
      [id, error],
    );
  }
}
