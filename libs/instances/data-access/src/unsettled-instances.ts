import { runSql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';

/** Finds the instances that may differ from what is wanted of them; which of them do, and what follows, is decided elsewhere. */
export class UnsettledInstances {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Ids, those first that have waited longest. Leaves out instances with an open operation, which may still bring about
   * what is wanted, and those whose creation failed or goes on. A drill brings nothing about and gives way.
   */
  async list(limit: number): Promise<string[]> {
    const rows = await runSql<{ readonly id: string }>(
      this.dataSource.manager,
      sql`SELECT instance.id
            FROM instance LEFT JOIN instance_observation AS seen ON seen.instance_id = instance.id
           WHERE instance.status NOT IN ('creating', 'terminated')
             AND (instance.database_server IS NOT NULL OR instance.desired_state = 'terminated')
             AND NOT EXISTS (SELECT FROM operation WHERE operation.instance_id = instance.id
                                AND operation.status IN ('queued', 'running', 'compensating')
                                AND operation.kind <> 'drill')
             AND CASE instance.desired_state
                   WHEN 'running' THEN instance.status <> 'running' OR seen.healthy = 'false'
                     OR seen.instance_id IS NOT NULL AND (seen.service IS NULL
                       OR (seen.service ->> 'replicas')::int <> 1
                       OR seen.service ->> 'fingerprint' IS DISTINCT FROM instance.service_fingerprint
                       OR NOT seen.secret_present OR NOT seen.network_present)
                   WHEN 'terminated' THEN true
                   ELSE instance.status <> instance.desired_state
                     OR coalesce((seen.service ->> 'replicas')::int, 0) > 0
                 END
           ORDER BY instance.updated_at
           LIMIT ${limit}`,
    );
    return rows.map(({ id }) => id);
  }
}
