import type { HealthState, Instance, InstanceStatus } from '@saasodoo/instances/domain';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import { type InstanceRow, selectInstances, toInstance } from './select-instances';

export interface InstanceSearch {
  readonly customerId?: string;
  readonly status?: InstanceStatus;
  /** As last seen; what was never seen is `unknown`. */
  readonly health?: HealthState;
  /** Whether it is in `error`. */
  readonly isFailed?: boolean;
  /** Part of its name, database name, service name, administrator's address or id, in any case of letters. */
  readonly text?: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** Finds instances of all customers, for operators. */
export class InstanceSearchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async find(search: InstanceSearch): Promise<{ instances: Instance[]; total: number }> {
    const { manager } = this.dataSource;
    const { page, pageSize } = search;
    const condition = conditionOf(search);
    const [rows, [counted]] = await Promise.all([
      runSql<InstanceRow>(
        manager,
        sql`${selectInstances} WHERE ${condition} ORDER BY created_at DESC, id DESC
            LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(manager, sql`SELECT count(*)::int AS total FROM instance WHERE ${condition}`),
    ]);
    return { instances: rows.map((row) => toInstance(row)), total: counted?.total ?? 0 };
  }
}

function conditionOf({ customerId, status, health, isFailed, text }: InstanceSearch): Sql {
  const conditions = [
    ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}`]),
    ...(status === undefined ? [] : [sql`status = ${status}`]),
    ...(health === undefined ? [] : [hasHealth(health)]),
    ...(isFailed === undefined ? [] : [sql`(status = 'error') = ${isFailed}`]),
    ...(text === undefined ? [] : [contains(text)]),
  ];
  return conditions.reduce((all, one) => sql`${all} AND ${one}`, sql`true`);
}

function hasHealth(health: HealthState): Sql {
  const seen = sql`SELECT healthy FROM instance_observation WHERE instance_id = instance.id`;
  return sql`coalesce((${seen}), 'unknown') = ${health}`;
}

/** `position`, not `LIKE`: what is looked for is no pattern. */
function contains(text: string): Sql {
  const wanted = text.toLowerCase();
  const haystack = sql`lower(concat_ws(E'\n', name, database_name, service_name, admin_email, id::text))`;
  return sql`position(${wanted} IN ${haystack}) > 0`;
}
