import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@saasodoo/identity/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, auditWrite } from './audit-entry';

/** What is given must be equal. */
export interface AuditFilter {
  readonly customerId?: string;
  readonly actorId?: string;
  readonly subject?: string;
  readonly action?: string;
  readonly from?: Date;
  /** What happened at this moment is not meant any more. */
  readonly to?: Date;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

export interface RecordedEntry {
  /** Grows; PostgreSQL answers bigint as text. */
  readonly id: string;
  readonly happenedAt: Date;
  readonly customerId?: string;
  readonly actorId?: string;
  readonly actorRole?: Role;
  readonly action: string;
  readonly subject: string;
  readonly before?: object;
  readonly after?: object;
  readonly correlationId?: string;
  readonly address?: string;
  readonly result: string;
}

type Nullable<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K];
};
type EntryRow = Nullable<RecordedEntry>;

const SELECT = sql`
  SELECT id, happened_at AS "happenedAt", customer_id AS "customerId", actor_id AS "actorId",
         actor_role AS "actorRole", action, subject, before, after, correlation_id AS "correlationId", address, result
    FROM audit_entry`;

/** Who did what, kept for good. */
@Injectable()
export class AuditLogRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Writes an entry in the transaction of the change it tells of, so that there is no change without it:
   *
   *     await audit.record(em, {
   *       actor, customerId: instance.customerId, action: 'instance.scale', subject: instance.id,
   *       before: { cpu_limit: 1 }, after: { cpu_limit: 2, operation_id },
   *     });
   *
   * The correlation id is the request's. Where nothing is changed, `em` is the data source's own.
   */
  async record(em: EntityManager, entry: AuditEntry): Promise<void> {
    await runSql(em, auditWrite(entry));
  }

  /** The same where nothing else is written: a refusal, or a secret that was read. */
  async recordAlone(entry: AuditEntry): Promise<void> {
    await this.record(this.dataSource.manager, entry);
  }

  /** Newest first. */
  async list(filter: AuditFilter): Promise<{ entries: RecordedEntry[]; total: number }> {
    const { manager } = this.dataSource;
    const { page, pageSize } = filter;
    const condition = conditionOf(filter);
    const [rows, [counted]] = await Promise.all([
      runSql<EntryRow>(
        manager,
        sql`${SELECT} WHERE ${condition} ORDER BY id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(
        manager,
        sql`SELECT count(*)::int AS total FROM audit_entry WHERE ${condition}`,
      ),
    ]);
    return { entries: rows.map((row) => withoutNulls(row)), total: counted?.total ?? 0 };
  }
}

function conditionOf({ customerId, actorId, subject, action, from, to }: AuditFilter): Sql {
  const conditions = [
    ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}`]),
    ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}`]),
    ...(subject === undefined ? [] : [sql`subject = ${subject}`]),
    ...(action === undefined ? [] : [sql`action = ${action}`]),
    ...(from === undefined ? [] : [sql`happened_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`happened_at < ${to}`]),
  ];
  return conditions.reduce((all, one) => sql`${all} AND ${one}`, sql`true`);
}
