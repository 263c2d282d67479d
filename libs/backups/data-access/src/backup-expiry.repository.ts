import type { Backup } from '@saasodoo/backups/domain';
import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { type BackupRow, selectBackups, toBackup } from './backup-row';

/** Of instances that are no more: nobody makes newer ones that could take their place. */
const OF_TERMINATED = sql`
  status = 'completed' AND instance_id IN (SELECT id FROM instance WHERE status = 'terminated')`;

/** Until when backups are kept that nothing else puts an end to. */
export class BackupExpiryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Gives each backup of a terminated instance that has no end yet one so many days from now; answers how many. */
  async giveEnds(days: number): Promise<number> {
    const given = await runSql(
      this.dataSource.manager,
      sql`WITH given AS (
            UPDATE backup SET expires_at = clock_timestamp() + make_interval(days => ${days}::int)
             WHERE expires_at IS NULL AND ${OF_TERMINATED} RETURNING id)
          SELECT id FROM given`,
    );
    return given.length;
  }

  /** The one of a terminated instance that should have gone first, unless somebody restores it; locked until the transaction ends. */
  async lockExpired(em: EntityManager): Promise<Backup | undefined> {
    const [row] = await runSql<BackupRow>(
      em,
      sql`${selectBackups}
           WHERE expires_at <= clock_timestamp() AND ${OF_TERMINATED}
             AND NOT EXISTS (
               SELECT FROM operation WHERE operation.status IN ('queued', 'running', 'compensating')
                  AND operation.input ->> 'backup_id' = backup.id::text)
           ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    return row === undefined ? undefined : toBackup(row);
  }

  /** `undefined`: as if it had never been given one. */
  async setEnd(em: EntityManager, id: string, expiresAt: Date | undefined): Promise<void> {
    await runSql(em, sql`UPDATE backup SET expires_at = ${expiresAt} WHERE id = ${id}`);
  }
}
