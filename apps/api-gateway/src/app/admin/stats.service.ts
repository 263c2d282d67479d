import { Inject, Injectable } from '@nestjs/common';
import { runSql, sql } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import type { Counts, StatsResponse } from './stats.response';

interface CountRow {
  readonly what: string;
  readonly name: string;
  readonly count: number;
}

/** One snapshot of all counts: they fit each other. */
const COUNTS = sql`
  SELECT 'instances' AS what, status AS name, count(*)::int AS count FROM instance GROUP BY status
  UNION ALL
  SELECT 'health', coalesce(healthy, 'unknown'), count(*)::int
    FROM instance LEFT JOIN instance_observation ON instance_id = instance.id
   WHERE status <> 'terminated' GROUP BY 2
  UNION ALL
  SELECT 'operations', status, count(*)::int FROM operation GROUP BY status
  UNION ALL
  SELECT 'customers', role, count(*)::int FROM customer GROUP BY role
  UNION ALL
  SELECT 'depth', 'outbox', count(*)::int FROM outbox
  UNION ALL
  SELECT 'depth', 'inbox', count(*)::int FROM inbox WHERE status = 'ready'
  UNION ALL
  SELECT 'dead_letters', 'inbox', count(*)::int FROM inbox WHERE status = 'parked'
  UNION ALL
  SELECT 'dead_letters', 'outbox', count(*)::int FROM outbox_parked
  UNION ALL
  SELECT 'dead_letters', 'broker', count(*)::int FROM broker_parked`;

/** What an operator looks at first. */
@Injectable()
export class StatsService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async now(): Promise<StatsResponse> {
    const rows = await runSql<CountRow>(this.dataSource.manager, COUNTS);
    const of = (what: string): Counts =>
      Object.fromEntries(rows.filter((row) => row.what === what).map(({ name, count }) => [name, count]));
    const { outbox = 0, inbox = 0 } = of('depth');
    return {
      instances_by_status: of('instances'),
      instances_by_health: of('health'),
      operations_by_status: of('operations'),
      customers_by_role: of('customers'),
      messages: { outbox, inbox, dead_letters: of('dead_letters') },
    };
  }
}
