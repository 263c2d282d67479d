import type { WatchedInstance } from '@saasodoo/instances/domain';
import { type WithoutNulls, withoutNulls } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';

interface WatchedRow extends Omit<WatchedInstance, 'serviceId' | 'internalUrl' | 'error' | 'underway'> {
  readonly serviceId: string | null;
  readonly internalUrl: string | null;
  readonly error: NonNullable<WatchedInstance['error']> | null;
  readonly underway: string | null;
}

const selectWatched = sql`
  SELECT instance.id, instance.status, instance.desired_state AS "desiredState", instance.generation,
         instance.odoo_version AS "odooVersion", instance.service_name AS "serviceName",
         instance.service_id AS "serviceId", instance.internal_url AS "internalUrl", instance.error,
         operation.kind AS underway
    FROM instance
    LEFT JOIN operation ON operation.instance_id = instance.id AND operation.status IN ('running', 'compensating')`;

/** Whom the monitor watches: one read for all of them, however many there are. */
export class WatchedInstanceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that exist, and those whose end the monitor has not noted yet. */
  async list(): Promise<WatchedInstance[]> {
    return this.read(
      sql`instance.status <> 'terminated' OR EXISTS (
            SELECT FROM instance_observation AS seen WHERE seen.instance_id = instance.id AND seen.reason <> 'Terminated')`,
    );
  }

  async some(ids: readonly string[]): Promise<WatchedInstance[]> {
    return this.read(sql`instance.id = ANY (${ids}::uuid[])`);
  }

  private async read(condition: Sql): Promise<WatchedInstance[]> {
    const rows = await runSql<WatchedRow>(this.dataSource.manager, sql`${selectWatched} WHERE ${condition}`);
    return rows.map((row): WithoutNulls<WatchedRow> => withoutNulls(row));
  }
}
