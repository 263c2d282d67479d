import type { StorageLevel } from '@saasodoo/instances/domain';
import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';

/** An instance whose directory is to be measured. */
export interface StorageTarget {
  readonly id: string;
  readonly databaseName: string;
  readonly quotaBytes: number;
  /** What was last told of it. */
  readonly level: StorageLevel;
}

export interface StorageSample {
  readonly instanceId: string;
  readonly usedBytes: number;
}

/** What the directories of instances hold. Whoever has the storage mounted writes it. */
export class StorageUsageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Instances that may have a directory, in the order of their ids, those behind `after`. Leaves out those whose limit is
   * being changed: what is wanted may be refused, and what holds is not known here.
   */
  async targets(after: string | undefined, limit: number): Promise<StorageTarget[]> {
    const behind = after === undefined ? sql`true` : sql`instance.id > ${after}`;
    return runSql<StorageTarget>(
      this.dataSource.manager,
      sql`SELECT instance.id, instance.database_name AS "databaseName", instance.storage_bytes::float8 AS "quotaBytes",
                 coalesce(known.level, 0)::int AS level
            FROM instance LEFT JOIN instance_storage_usage AS known ON known.instance_id = instance.id
           WHERE instance.status NOT IN ('creating', 'terminated') AND ${behind}
             AND NOT EXISTS (SELECT FROM operation WHERE operation.instance_id = instance.id AND operation.kind = 'scale'
                                AND operation.status IN ('queued', 'running', 'compensating'))
           ORDER BY instance.id LIMIT ${limit}`,
    );
  }

  async record(samples: readonly StorageSample[]): Promise<void> {
    const rows = JSON.stringify(samples.map(({ instanceId: id, usedBytes: used }) => ({ id, used })));
    await runSql(
      this.dataSource.manager,
      sql`INSERT INTO instance_storage_usage (instance_id, used_bytes, sampled_at)
          SELECT sample.id, sample.used, clock_timestamp()
            FROM jsonb_to_recordset(${rows}::jsonb) AS sample (id uuid, used bigint)
                 JOIN instance ON instance.id = sample.id
              ON CONFLICT (instance_id) DO UPDATE SET used_bytes = excluded.used_bytes, sampled_at = excluded.sampled_at`,
    );
  }

  /** Moves what is told of an instance from one level to another; false when somebody else has moved it. */
  async move(em: EntityManager, instanceId: string, from: StorageLevel, to: StorageLevel): Promise<boolean> {
    const moved = await runSql(
      em,
      sql`UPDATE instance_storage_usage SET level = ${to} WHERE instance_id = ${instanceId} AND level = ${from}
          RETURNING instance_id`,
    );
    return moved.length > 0;
  }
}
