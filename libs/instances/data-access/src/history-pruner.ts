import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';

/** Forgets what was observed long ago. Each call removes at most `limit` rows and answers how many. */
export class HistoryPruner {
  constructor(private readonly dataSource: DataSource) {}

  /** Its rows are written in the order they happen, so the first ones by id are all that has to be looked at. */
  async pruneConditions(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM condition_history WHERE id IN (
            SELECT id FROM (SELECT id, happened_at FROM condition_history ORDER BY id LIMIT ${limit}) oldest
            WHERE happened_at < now() - make_interval(days => ${olderThanDays}::int))
          RETURNING id`,
    );
    return pruned.length;
  }

  /** The last words of tasks. */
  async pruneTaskLogs(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM task_log WHERE task_id IN (
            SELECT task_id FROM task_log WHERE ended_at < now() - make_interval(days => ${olderThanDays}::int)
            LIMIT ${limit} FOR UPDATE SKIP LOCKED)
          RETURNING task_id`,
    );
    return pruned.length;
  }
}
