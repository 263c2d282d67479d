import type { TaskLog, TaskLogLine } from '@saasodoo/instances/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';

interface TaskLogRow {
  readonly taskId: string;
  readonly instanceId: string;
  readonly endedAt: Date;
  readonly exitCode: number | null;
  readonly error: string;
  readonly lines: readonly (Omit<TaskLogLine, 'time'> & { readonly time: string })[];
}

/** What tasks that ended have written, kept for when Docker has forgotten them. */
export class TaskLogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores it unless it is there. */
  async add(em: EntityManager, log: TaskLog): Promise<void> {
    const { taskId, instanceId, endedAt, exitCode, error, lines } = log;
    await runSql(
      em,
      sql`INSERT INTO task_log (task_id, instance_id, ended_at, exit_code, error, lines)
          VALUES (${taskId}, ${instanceId}, ${endedAt}, ${exitCode}, ${error}, ${JSON.stringify(lines)})
              ON CONFLICT (task_id) DO NOTHING`,
    );
  }

  /** Which of these tasks are kept. */
  async known(taskIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await runSql<{ readonly id: string }>(
      this.dataSource.manager,
      sql`SELECT task_id AS id FROM task_log WHERE task_id = ANY (${taskIds}::text[])`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** The last tasks of an instance that ended, newest first. */
  async ofInstance(instanceId: string, limit: number): Promise<TaskLog[]> {
    const rows = await runSql<TaskLogRow>(
      this.dataSource.manager,
      sql`SELECT task_id AS "taskId", instance_id AS "instanceId", ended_at AS "endedAt", exit_code AS "exitCode",
                 error, lines
            FROM task_log WHERE instance_id = ${instanceId} ORDER BY ended_at DESC LIMIT ${limit}`,
    );
    return rows.map(({ lines, ...row }) => ({
      ...withoutNulls(row),
      lines: lines.map(({ time, ...line }) => ({ ...line, time: new Date(time) })),
    }));
  }
}
