import type { ConditionChange, Observation } from '@saasodoo/instances/domain';
import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { type ObservationRow, selectObservations, toObservation } from './observation-row';
import { type ObservationPass, recordObservations, type RecordedChange } from './record-observations';

export type { ObservationPass, RecordedChange } from './record-observations';

export interface HistoryPage {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** Where the monitor is told to look now; a plain identifier. */
export const OBSERVATION_CHANNEL = 'saasodoo_monitor';

const selectChanges = sql`
  SELECT past.id::float8 AS sequence, past.instance_id AS "instanceId", past.type, past.status, past.reason, past.message,
         past.happened_at AS "happenedAt"
    FROM condition_history AS past`;

/** What the monitor saw of the instances, and how their health went. The monitor alone writes it. */
export class ObservationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores what a pass saw anew, says as of when the rest is still true, and answers which healths or reasons became
   * others, each with its number in the history. Throws `observation.outdated` when a later pass was stored before.
   */
  async record(em: EntityManager, pass: ObservationPass): Promise<RecordedChange[]> {
    return recordObservations(em, pass);
  }

  async find(
    instanceId: string,
    em: EntityManager = this.dataSource.manager,
  ): Promise<Observation | undefined> {
    const [row] = await runSql<ObservationRow>(
      em,
      sql`${selectObservations} WHERE seen.instance_id = ${instanceId}`,
    );
    return row === undefined ? undefined : toObservation(row);
  }

  /** Of these instances, those that were looked at. */
  async list(instanceIds: readonly string[]): Promise<Observation[]> {
    const rows = await runSql<ObservationRow>(
      this.dataSource.manager,
      sql`${selectObservations} WHERE seen.instance_id = ANY (${instanceIds}::uuid[])`,
    );
    return rows.map(toObservation);
  }

  /** When the last complete look at all instances began; absent before the first. */
  async lastPass(): Promise<Date | undefined> {
    const [row] = await runSql<{ readonly startedAt: Date }>(
      this.dataSource.manager,
      sql`SELECT started_at AS "startedAt" FROM observation_pass`,
    );
    return row?.startedAt;
  }

  /** Asks whoever observes to look at everything now; it does so after the look it may be taking. */
  async requestPass(): Promise<void> {
    await runSql(this.dataSource.manager, sql`SELECT pg_notify(${OBSERVATION_CHANNEL}, '')`);
  }

  /** Newest first. */
  async history(
    instanceId: string,
    { page, pageSize }: HistoryPage,
  ): Promise<{ changes: ConditionChange[]; total: number }> {
    const [changes, [counted]] = await Promise.all([
      runSql<ConditionChange>(
        this.dataSource.manager,
        sql`${selectChanges} WHERE past.instance_id = ${instanceId}
             ORDER BY past.id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ readonly total: number }>(
        this.dataSource.manager,
        sql`SELECT count(*)::int AS total FROM condition_history WHERE instance_id = ${instanceId}`,
      ),
    ]);
    return { changes, total: counted?.total ?? 0 };
  }

  /** Of all instances of a customer, oldest first: what somebody has missed who saw `sequence` last. */
  async changesAfter(customerId: string, sequence: number, limit: number): Promise<ConditionChange[]> {
    return runSql<ConditionChange>(
      this.dataSource.manager,
      sql`${selectChanges} JOIN instance ON instance.id = past.instance_id
           WHERE instance.customer_id = ${customerId} AND past.id > ${sequence} ORDER BY past.id LIMIT ${limit}`,
    );
  }

  /** Number of the newest entry of the history, over all instances; 0 before the first. */
  async lastSequence(): Promise<number> {
    const [row] = await runSql<{ readonly sequence: number }>(
      this.dataSource.manager,
      sql`SELECT coalesce(max(id), 0)::float8 AS sequence FROM condition_history`,
    );
    return row?.sequence ?? 0;
  }
}
