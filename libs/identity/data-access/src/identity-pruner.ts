import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import { IDEMPOTENCY_HOURS } from './idempotency-key.repository';

/** Forgets what expires by itself. Each call removes at most `limit` rows and answers how many. */
export class IdentityPruner {
  constructor(private readonly dataSource: DataSource) {}

  /** Sessions whose refresh token can be used no more, with all their tokens. */
  async pruneSessions(limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM refresh_token_family WHERE id IN (
            SELECT id FROM refresh_token_family WHERE expires_at < clock_timestamp() LIMIT ${limit}
            FOR UPDATE SKIP LOCKED)
          RETURNING id`,
    );
    return pruned.length;
  }

  /** Answers that nobody can ask for again. */
  async pruneAnswers(limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM idempotency_key WHERE (scope, key) IN (
            SELECT scope, key FROM idempotency_key
            WHERE created_at < clock_timestamp() - make_interval(hours => ${IDEMPOTENCY_HOURS}::int)
            ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
          RETURNING key`,
    );
    return pruned.length;
  }
}
