import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';

/** Forgets operations that ended long ago, with their steps. */
export class OperationPruner {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Removes at most `limit` and answers how many. The newest operation of an instance stays: it says how the instance came
   * to be as it is.
   */
  async prune(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`WITH old AS MATERIALIZED (
            SELECT id FROM operation o
            WHERE status IN ('succeeded', 'failed', 'cancelled')
              AND ended_at < now() - make_interval(days => ${olderThanDays}::int)
              AND EXISTS (
                SELECT FROM operation newer WHERE newer.instance_id = o.instance_id AND newer.position > o.position)
            ORDER BY position LIMIT ${limit} FOR UPDATE SKIP LOCKED),
          steps AS (DELETE FROM operation_step WHERE operation_id IN (SELECT id FROM old))
          DELETE FROM operation WHERE id IN (SELECT id FROM old) RETURNING id`,
    );
    return pruned.length;
  }
}
