import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';

/**
 * Forgets messages that are over. Each call removes at most `limit` rows and answers how many, so that no lock is held for
 * long; call again until it answers less.
 */
export class MessagePruner {
  constructor(private readonly dataSource: DataSource) {}

  /** Delivered messages; one that still waits for a consumer stays, whatever its age. */
  async pruneSent(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM outbox_archive WHERE message_id IN (
            SELECT message_id FROM outbox_archive
            WHERE settled_at IS NOT NULL AND published_at < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY published_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
          RETURNING message_id`,
    );
    return pruned.length;
  }

  /** Handled messages; one that may still be sent again stays, or it would take effect a second time. */
  async pruneHandled(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM inbox WHERE (consumer, message_id) IN (
            SELECT consumer, message_id FROM inbox i
            WHERE status = 'done' AND done_at < now() - make_interval(days => ${olderThanDays}::int)
              AND NOT EXISTS (SELECT FROM outbox_archive a WHERE a.message_id = i.message_id AND a.settled_at IS NULL)
              AND NOT EXISTS (SELECT FROM outbox o WHERE o.message_id = i.message_id)
              AND NOT EXISTS (SELECT FROM outbox_parked p WHERE p.message_id = i.message_id)
              AND NOT EXISTS (SELECT FROM broker_parked b WHERE b.message_id = i.message_id)
            ORDER BY done_at LIMIT ${limit} FOR UPDATE OF i SKIP LOCKED)
          RETURNING message_id`,
    );
    return pruned.length;
  }
}
