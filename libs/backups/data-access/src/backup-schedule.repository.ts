import type { BackupSchedule } from '@saasodoo/backups/domain';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';

export type NewBackupSchedule = Omit<BackupSchedule, 'failures'>;

const SELECT = sql`
  SELECT schedule.instance_id AS "instanceId", schedule.enabled, schedule.hour, schedule.keep_daily AS daily,
         schedule.keep_weekly AS weekly, schedule.keep_monthly AS monthly, schedule.next_at AS "nextAt", schedule.failures
    FROM backup_schedule AS schedule`;

/** Instances that have data, and are meant to keep it. */
const HAS_DATA = sql`
  instance.status NOT IN ('creating', 'terminating', 'terminated') AND instance.desired_state <> 'terminated'
  AND instance.database_server IS NOT NULL`;

/** When instances are backed up by themselves. */
export class BackupScheduleRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(
    instanceId: string,
    em: EntityManager = this.dataSource.manager,
  ): Promise<BackupSchedule | undefined> {
    return this.findOne(em, sql`WHERE schedule.instance_id = ${instanceId}`);
  }

  /** Stores it in the place of the one that is there. */
  async put(schedule: NewBackupSchedule, em: EntityManager = this.dataSource.manager): Promise<void> {
    const { instanceId, enabled, hour, daily, weekly, monthly, nextAt } = schedule;
    await runSql(
      em,
      sql`INSERT INTO backup_schedule (instance_id, enabled, hour, keep_daily, keep_weekly, keep_monthly, next_at)
          VALUES (${instanceId}, ${enabled}, ${hour}, ${daily}, ${weekly}, ${monthly}, ${nextAt})
          ON CONFLICT (instance_id) DO UPDATE SET enabled = excluded.enabled, hour = excluded.hour,
            keep_daily = excluded.keep_daily, keep_weekly = excluded.keep_weekly, keep_monthly = excluded.keep_monthly,
            next_at = excluded.next_at, failures = 0`,
    );
  }

  /** Instances with data and without a schedule. */
  async withoutSchedule(limit: number): Promise<string[]> {
    const rows = await runSql<{ id: string }>(
      this.dataSource.manager,
      sql`SELECT id FROM instance WHERE ${HAS_DATA}
             AND NOT EXISTS (SELECT FROM backup_schedule WHERE instance_id = instance.id) LIMIT ${limit}`,
    );
    return rows.map(({ id }) => id);
  }

  /** The schedule that has waited longest since its time came; locked until the transaction ends. */
  async lockDue(em: EntityManager): Promise<BackupSchedule | undefined> {
    return this.findOne(
      em,
      sql`JOIN instance ON instance.id = schedule.instance_id
           WHERE schedule.enabled AND schedule.next_at <= clock_timestamp() AND ${HAS_DATA}
           ORDER BY schedule.next_at LIMIT 1 FOR UPDATE OF schedule SKIP LOCKED`,
    );
  }

  async setNext(em: EntityManager, instanceId: string, nextAt: Date): Promise<void> {
    await runSql(em, sql`UPDATE backup_schedule SET next_at = ${nextAt} WHERE instance_id = ${instanceId}`);
  }

  /** Answers how many have failed in a row by now; `undefined` when there is no schedule any more. */
  async recordFailure(em: EntityManager, instanceId: string): Promise<number | undefined> {
    const [row] = await runSql<{ failures: number }>(
      em,
      sql`WITH failed AS (UPDATE backup_schedule SET failures = failures + 1 WHERE instance_id = ${instanceId}
            RETURNING failures)
          SELECT failures FROM failed`,
    );
    return row?.failures;
  }

  async recordSuccess(em: EntityManager, instanceId: string): Promise<void> {
    await runSql(em, sql`UPDATE backup_schedule SET failures = 0 WHERE instance_id = ${instanceId}`);
  }

  /** Scheduled backups that wait or are made at this moment. */
  async underWay(): Promise<number> {
    const [row] = await runSql<{ n: number }>(
      this.dataSource.manager,
      sql`SELECT count(*)::int AS n FROM operation WHERE status IN ('queued', 'running', 'compensating')
             AND kind = 'backup' AND input ->> 'scheduled' = 'true'`,
    );
    return row?.n ?? 0;
  }

  private async findOne(em: EntityManager, rest: Sql): Promise<BackupSchedule | undefined> {
    const [row] = await runSql<BackupSchedule>(em, sql`${SELECT} ${rest}`);
    return row;
  }
}
