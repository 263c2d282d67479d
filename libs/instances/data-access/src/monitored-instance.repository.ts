import type { Instance, Observation } from '@saasodoo/instances/domain';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import { ObservationRepository } from './observation.repository';

/** An instance as far as those look at it who watch services, with what was last seen of it. */
export interface MonitoredInstance extends Pick<
  Instance,
  'id' | 'customerId' | 'name' | 'serviceName' | 'status' | 'desiredState'
> {
  /** Absent until the monitor has looked. */
  readonly observation?: Observation;
}

/** Whose instances are meant; everybody's when no customer is named. */
export interface MonitoredScope {
  readonly customerId?: string;
}

type MonitoredRow = Omit<MonitoredInstance, 'observation'>;

const selectMonitored = sql`
  SELECT id, customer_id AS "customerId", name, service_name AS "serviceName", status,
         desired_state AS "desiredState"
    FROM instance`;

/** Instances beside what the monitor saw of them. */
export class MonitoredInstanceRepository {
  private readonly observations: ObservationRepository;

  constructor(private readonly dataSource: DataSource) {
    this.observations = new ObservationRepository(dataSource);
  }

  async find(id: string, scope: MonitoredScope): Promise<MonitoredInstance | undefined> {
    const [found] = await this.read(sql`id = ${id} AND ${ownedBy(scope)}`, sql``);
    return found;
  }

  /** By the name of its service; the newest, since a name can be used again. */
  async findByService(serviceName: string, scope: MonitoredScope): Promise<MonitoredInstance | undefined> {
    const [found] = await this.read(
      sql`service_name = ${serviceName} AND ${ownedBy(scope)}`,
      sql`ORDER BY created_at DESC LIMIT 1`,
    );
    return found;
  }

  /** Those that exist, newest first. */
  async list(
    scope: MonitoredScope,
    { page, pageSize }: { readonly page: number; readonly pageSize: number },
  ): Promise<{ instances: MonitoredInstance[]; total: number }> {
    const condition = sql`${ownedBy(scope)} AND status <> 'terminated'`;
    const [instances, [counted]] = await Promise.all([
      this.read(
        condition,
        sql`ORDER BY created_at DESC, id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ readonly total: number }>(
        this.dataSource.manager,
        sql`SELECT count(*)::int AS total FROM instance WHERE ${condition}`,
      ),
    ]);
    return { instances, total: counted?.total ?? 0 };
  }

  private async read(condition: Sql, order: Sql): Promise<MonitoredInstance[]> {
    const rows = await runSql<MonitoredRow>(
      this.dataSource.manager,
      sql`${selectMonitored} WHERE ${condition} ${order}`,
    );
    if (rows.length === 0) return [];
    const seen = await this.observations.list(rows.map(({ id }) => id));
    const byId = new Map(seen.map((observation) => [observation.instanceId, observation]));
    return rows.map((row) => {
      const observation = byId.get(row.id);
      return observation === undefined ? row : { ...row, observation };
    });
  }
}

function ownedBy({ customerId }: MonitoredScope): Sql {
  return customerId === undefined ? sql`true` : sql`customer_id = ${customerId}`;
}
