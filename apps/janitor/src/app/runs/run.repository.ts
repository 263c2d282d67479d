import { Inject, Injectable } from '@nestjs/common';
import { runSql, sql } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import type { Finding } from '../reap/finding';
import type { Alarm } from './alarm';
import type { RunCounts, RunReport } from './run-report';

interface RunRow {
  readonly id: string;
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly dry_run: boolean;
  readonly counts: RunCounts;
  readonly findings: readonly Finding[];
  readonly alarm: Alarm | null;
}

/** The reports of the janitor in PostgreSQL. */
@Injectable()
export class RunRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async save(em: EntityManager, report: RunReport): Promise<void> {
    const { id, started_at, ended_at, dry_run, counts, findings, alarm } = report;
    await runSql(
      em,
      sql`INSERT INTO janitor_run (id, started_at, ended_at, dry_run, counts, findings, alarm)
          VALUES (${id}, ${started_at}, ${ended_at}, ${dry_run}, ${JSON.stringify(counts)},
            ${JSON.stringify(findings)}, ${alarm === null ? null : JSON.stringify(alarm)})`,
    );
  }

  async last(em: EntityManager = this.dataSource.manager): Promise<RunReport | undefined> {
    const [row] = await runSql<RunRow>(
      em,
      sql`SELECT id, started_at, ended_at, dry_run, counts, findings, alarm FROM janitor_run
          ORDER BY started_at DESC, id DESC LIMIT 1`,
    );
    if (row === undefined) return undefined;
    return { ...row, started_at: row.started_at.toISOString(), ended_at: row.ended_at.toISOString() };
  }

  /** At most `limit`, answers how many. The last report stays. */
  async prune(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM janitor_run WHERE id IN (
            SELECT id FROM janitor_run
            WHERE started_at < now() - make_interval(days => ${olderThanDays}::int)
              AND started_at < (SELECT max(started_at) FROM janitor_run)
            ORDER BY started_at LIMIT ${limit})
          RETURNING id`,
    );
    return pruned.length;
  }
}
