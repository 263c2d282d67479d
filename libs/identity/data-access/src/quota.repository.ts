import { Inject, Injectable } from '@nestjs/common';
import type { CustomerQuota, Quota, Usage } from '@saasodoo/identity/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { runSql, sql } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';

interface QuotaRow {
  readonly instances: number | null;
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

interface CustomerQuotaRow {
  readonly limits: QuotaRow;
  readonly own: QuotaRow;
  readonly usage: Usage;
}

/**
 * What customers may use and do use. A trigger on `instance` keeps the usage and refuses what passes a limit, see the
 * migration `0006-access`; without a default and a quota of their own there is no limit.
 */
@Injectable()
export class QuotaRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The limits of everybody who has none of their own; lower ones refuse what comes, and leave what is there. */
  async setDefault({ instances, cpus, memoryBytes }: Quota): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO quota_default (instances, cpus, memory_bytes) VALUES ($1, $2, $3)
       ON CONFLICT (single) DO UPDATE
         SET instances = excluded.instances, cpus = excluded.cpus, memory_bytes = excluded.memory_bytes`,
      [instances ?? null, cpus ?? null, memoryBytes ?? null],
    );
  }

  /** What the customer has, for whoever is about to set it: others who do wait for the end of the transaction. */
  async lock(em: EntityManager, customerId: string): Promise<CustomerQuota> {
    await runSql(em, sql`SELECT FROM customer WHERE id = ${customerId} FOR NO KEY UPDATE`);
    return this.of(customerId, em);
  }

  /** The customer's own limits from now on; for what is absent the default holds. */
  async set(em: EntityManager, customerId: string, { instances, cpus, memoryBytes }: Quota): Promise<void> {
    await runSql(
      em,
      sql`INSERT INTO customer_quota (customer_id, instances, cpus, memory_bytes)
          VALUES (${customerId}, ${instances ?? null}, ${cpus ?? null}, ${memoryBytes ?? null})
          ON CONFLICT (customer_id) DO UPDATE
            SET instances = excluded.instances, cpus = excluded.cpus, memory_bytes = excluded.memory_bytes`,
    );
  }

  async of(customerId: string, em: EntityManager = this.dataSource.manager): Promise<CustomerQuota> {
    const [row] = await runSql<CustomerQuotaRow>(
      em,
      sql`SELECT json_build_object(
              'instances', coalesce(own.instances, usual.instances),
              'cpus', coalesce(own.cpus, usual.cpus),
              'memoryBytes', coalesce(own.memory_bytes, usual.memory_bytes)) AS limits,
            json_build_object('instances', own.instances, 'cpus', own.cpus, 'memoryBytes', own.memory_bytes) AS own,
            json_build_object(
              'instances', coalesce(known.instances, 0),
              'cpus', coalesce(known.cpus, 0),
              'memoryBytes', coalesce(known.memory_bytes, 0)) AS usage
          FROM (SELECT ${customerId}::uuid AS id) AS customer
          LEFT JOIN quota_default AS usual ON true
          LEFT JOIN customer_quota AS own ON own.customer_id = customer.id
          LEFT JOIN customer_usage AS known ON known.customer_id = customer.id`,
    );
    return {
      limits: withoutNulls(row?.limits ?? {}),
      own: withoutNulls(row?.own ?? {}),
      usage: row?.usage ?? { instances: 0, cpus: 0, memoryBytes: 0 },
    };
  }
}
