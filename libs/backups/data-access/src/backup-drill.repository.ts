import type { Backup, DrillCandidate, DrillDelay, DrillPace, DrillResult } from '@saasodoo/backups/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { type BackupRow, selectBackups, toBackup } from './backup-row';

type Nullable<T> = { readonly [Key in keyof T]-?: T[Key] | null };

/** Complete backups by what their last drill said; `never` counts those without a result. */
export interface DrillCounts {
  readonly passed: number;
  readonly failed: number;
  readonly never: number;
}

/** As operators ask for them: what the last result was, `never` without one; `put off` when there is a later try without one. */
export const drillFilters = ['passed', 'failed', 'never', 'put_off'] as const;
export type DrillFilter = (typeof drillFilters)[number];

export interface DrilledBackups {
  readonly drill?: DrillFilter;
  readonly customerId?: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** What came of restoring backups in a throw-away place. A result says nothing about what was deleted meanwhile. */
export class BackupDrillRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** `false` when the backup is not there any more. */
  async record(em: EntityManager, backupId: string, result: DrillResult): Promise<boolean> {
    const drill = JSON.stringify({ result });
    const recorded = await runSql(
      em,
      sql`UPDATE backup SET drill = ${drill} WHERE id = ${backupId} AND status = 'completed' RETURNING id`,
    );
    return recorded.length > 0;
  }

  /** The last result, if there is one, stays. */
  async putOff(em: EntityManager, backupId: string, delay: Omit<DrillDelay, 'times'>): Promise<void> {
    await runSql(
      em,
      sql`UPDATE backup SET drill = coalesce(drill, '{}') || jsonb_build_object('put_off', ${JSON.stringify(delay)}::jsonb
              || jsonb_build_object('times', coalesce((drill -> 'put_off' ->> 'times')::int, 0) + 1))
           WHERE id = ${backupId}`,
    );
  }

  /** How the drills of the schedule went so far. */
  async pace(): Promise<DrillPace> {
    const [row] = await runSql<Nullable<DrillPace> & { readonly underWay: number }>(
      this.dataSource.manager,
      sql`SELECT min(completed_at) FILTER (WHERE status = 'completed') AS "firstBackupAt",
                 max((drill -> 'result' ->> 'at')::timestamptz)
                   FILTER (WHERE drill -> 'result' ->> 'scheduled' = 'true') AS "lastResultAt",
                 max((drill -> 'put_off' ->> 'at')::timestamptz)
                   FILTER (WHERE drill -> 'put_off' ->> 'scheduled' = 'true') AS "lastPutOffAt",
                 (SELECT count(*)::int FROM operation WHERE kind = 'drill' AND input ->> 'scheduled' = 'true'
                     AND operation.status IN ('queued', 'running', 'compensating')) AS "underWay"
            FROM backup`,
    );
    return row === undefined ? { underWay: 0 } : withoutNulls(row);
  }

  /** Complete backups of instances that have data of the same version and nothing else to do. */
  async candidates(): Promise<DrillCandidate[]> {
    const rows = await runSql<
      Nullable<DrillCandidate> & Pick<DrillCandidate, 'id' | 'instanceId' | 'completedAt'>
    >(
      this.dataSource.manager,
      sql`SELECT backup.id, backup.instance_id AS "instanceId", backup.completed_at AS "completedAt",
                 (drill -> 'result' ->> 'at')::timestamptz AS "drilledAt",
                 (drill -> 'put_off' ->> 'at')::timestamptz AS "putOffAt",
                 (drill -> 'put_off' ->> 'times')::int AS "putOffTimes"
            FROM backup JOIN instance ON instance.id = backup.instance_id
           WHERE backup.status = 'completed' AND backup.odoo_version = instance.odoo_version
             AND instance.status NOT IN ('creating', 'maintenance', 'terminating', 'terminated')
             AND instance.desired_state <> 'terminated' AND instance.database_server IS NOT NULL
             AND NOT EXISTS (SELECT FROM operation WHERE operation.instance_id = instance.id
                                AND operation.status IN ('queued', 'running', 'compensating'))`,
    );
    return rows.map((row): DrillCandidate => withoutNulls(row));
  }

  /** Complete backups of all customers, newest first. */
  async list({ page, pageSize, ...wanted }: DrilledBackups): Promise<{ backups: Backup[]; total: number }> {
    const em = this.dataSource.manager;
    const condition = conditionOf(wanted);
    const [rows, [counted]] = await Promise.all([
      runSql<BackupRow>(
        em,
        sql`${selectBackups} WHERE ${condition} ORDER BY created_at DESC, id DESC
             LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(em, sql`SELECT count(*)::int AS total FROM backup WHERE ${condition}`),
    ]);
    return { backups: rows.map(toBackup), total: counted?.total ?? 0 };
  }

  async counts(): Promise<DrillCounts> {
    const [row] = await runSql<DrillCounts>(
      this.dataSource.manager,
      sql`SELECT count(*) FILTER (WHERE drill -> 'result' ->> 'status' = 'passed')::int AS passed,
                 count(*) FILTER (WHERE drill -> 'result' ->> 'status' = 'failed')::int AS failed,
                 count(*) FILTER (WHERE drill -> 'result' IS NULL)::int AS never
            FROM backup WHERE status = 'completed'`,
    );
    return row ?? { passed: 0, failed: 0, never: 0 };
  }
}

const FILTERS: Readonly<Record<DrillFilter, Sql>> = {
  passed: sql`drill -> 'result' ->> 'status' = 'passed'`,
  failed: sql`drill -> 'result' ->> 'status' = 'failed'`,
  never: sql`drill -> 'result' IS NULL`,
  put_off: sql`drill -> 'put_off' IS NOT NULL`,
};

function conditionOf({ drill, customerId }: Pick<DrilledBackups, 'drill' | 'customerId'>): Sql {
  const said = drill === undefined ? sql`true` : FILTERS[drill];
  const own = customerId === undefined ? sql`true` : sql`customer_id = ${customerId}`;
  return sql`status = 'completed' AND ${said} AND ${own}`;
}
