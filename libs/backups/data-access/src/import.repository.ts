import type { ImportContents, NewImport, OdooImport } from '@saasodoo/backups/domain';
import { AppError, withoutNulls } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';

type Optional = 'sha256' | 'odooVersion' | 'contents' | 'instanceId' | 'receivedAt';

type ImportRow = Omit<OdooImport, Optional> & {
  readonly [Key in Optional]: NonNullable<OdooImport[Key]> | null;
};

/** What is known of an import once its content was read to its end. */
export interface ReceivedImport {
  readonly sha256: string;
  readonly odooVersion: string;
  readonly contents: ImportContents;
}

export interface ImportFilter {
  readonly customerId: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

const SELECT = sql`
  SELECT id, customer_id AS "customerId", file_name AS "fileName", status, size_bytes::float8 AS "sizeBytes", sha256,
         odoo_version AS "odooVersion", contents, instance_id AS "instanceId", created_at AS "createdAt",
         received_at AS "receivedAt"
    FROM import`;

/** The imports in PostgreSQL; what lies on a disk of them is the lifecycle app's. */
export class ImportRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert({ id, customerId, fileName, sizeBytes, sha256 }: NewImport, em: EntityManager): Promise<void> {
    await runSql(
      em,
      sql`INSERT INTO import (id, customer_id, file_name, size_bytes, sha256)
          VALUES (${id}, ${customerId}, ${fileName}, ${sizeBytes}, ${sha256})`,
    );
  }

  /** Throws `import.not_found`. */
  async get(id: string, em: EntityManager = this.dataSource.manager): Promise<OdooImport> {
    return found(await this.findOne(em, sql`id = ${id}`));
  }

  /** Locked until the transaction ends. Throws `import.not_found`. */
  async lock(id: string, em: EntityManager): Promise<OdooImport> {
    return found(await this.findOne(em, sql`id = ${id} FOR UPDATE`));
  }

  /** What is outside of the scope is not there; everybody's when no customer is named. Throws `import.not_found`. */
  async getInScope(
    id: string,
    { customerId }: { readonly customerId?: string },
    em: EntityManager = this.dataSource.manager,
  ): Promise<OdooImport> {
    const own = customerId === undefined ? sql`true` : sql`customer_id = ${customerId}`;
    return found(await this.findOne(em, sql`id = ${id} AND ${own}`));
  }

  /** Newest first. */
  async list({
    customerId,
    page,
    pageSize,
  }: ImportFilter): Promise<{ imports: OdooImport[]; total: number }> {
    const em = this.dataSource.manager;
    const condition = sql`customer_id = ${customerId}`;
    const [imports, [counted]] = await Promise.all([
      this.findAll(
        em,
        sql`${condition} ORDER BY created_at DESC, id DESC LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(em, sql`SELECT count(*)::int AS total FROM import WHERE ${condition}`),
    ]);
    return { imports, total: counted?.total ?? 0 };
  }

  /** How many of the customer's may still take room on a disk; others who count wait for this transaction. */
  async countOpen(customerId: string, em: EntityManager): Promise<number> {
    await runSql(em, sql`SELECT pg_advisory_xact_lock(hashtextextended(${`imports of ${customerId}`}, 0))`);
    const [row] = await runSql<{ n: number }>(
      em,
      sql`SELECT count(*)::int AS n FROM import
           WHERE customer_id = ${customerId} AND status IN ('awaiting', 'received', 'importing')`,
    );
    return row?.n ?? 0;
  }

  /** Its content is there and was found good. Throws `import.status_conflict`. */
  async receive(
    id: string,
    { sha256, odooVersion, contents }: ReceivedImport,
    em: EntityManager,
  ): Promise<void> {
    await this.move(
      em,
      sql`UPDATE import SET status = 'received', sha256 = ${sha256}, odoo_version = ${odooVersion},
            contents = ${JSON.stringify(contents)}, received_at = clock_timestamp()
           WHERE id = ${id} AND status = 'awaiting' RETURNING id`,
    );
  }

  /** Throws `import.status_conflict`. */
  async begin(id: string, instanceId: string, em: EntityManager): Promise<void> {
    await this.move(
      em,
      sql`UPDATE import SET status = 'importing', instance_id = ${instanceId}
           WHERE id = ${id} AND status = 'received' RETURNING id`,
    );
  }

  /** `received` again when nothing came of it, so that it can be tried anew. */
  async end(id: string, status: 'imported' | 'received', em: EntityManager): Promise<void> {
    await runSql(em, sql`UPDATE import SET status = ${status} WHERE id = ${id} AND status = 'importing'`);
  }

  /** Throws `import.status_conflict` while it becomes an instance, and afterwards. */
  async delete(id: string, em: EntityManager): Promise<void> {
    await this.move(
      em,
      sql`UPDATE import SET status = 'deleted' WHERE id = ${id} AND status IN ('awaiting', 'received') RETURNING id`,
    );
  }

  /** Those that nobody made an instance of for so long are over. */
  async expire(hours: number): Promise<void> {
    await runSql(
      this.dataSource.manager,
      sql`UPDATE import SET status = 'expired' WHERE removed_at IS NULL AND status IN ('awaiting', 'received')
             AND coalesce(received_at, created_at) < clock_timestamp() - make_interval(hours => ${hours})`,
    );
  }

  /** Those that are over and were not removed from the disk yet. */
  async listRemovable(limit: number): Promise<string[]> {
    const rows = await runSql<{ id: string }>(
      this.dataSource.manager,
      sql`SELECT id FROM import WHERE removed_at IS NULL AND status IN ('imported', 'deleted', 'expired')
           ORDER BY created_at LIMIT ${limit}`,
    );
    return rows.map(({ id }) => id);
  }

  async recordRemoved(id: string): Promise<void> {
    await runSql(
      this.dataSource.manager,
      sql`UPDATE import SET removed_at = clock_timestamp() WHERE id = ${id}`,
    );
  }

  private async move(em: EntityManager, update: Sql): Promise<void> {
    const moved = await runSql(em, sql`WITH moved AS (${update}) SELECT id FROM moved`);
    if (moved.length > 0) return;
    throw AppError.terminal('import.status_conflict', 'the status of the import does not allow this', {
      httpStatus: 409,
      hint: 'Look at the import: only what was received can become an instance, and only once.',
    });
  }

  private async findOne(em: EntityManager, condition: Sql): Promise<OdooImport | undefined> {
    const [first] = await this.findAll(em, condition);
    return first;
  }

  private async findAll(em: EntityManager, condition: Sql): Promise<OdooImport[]> {
    const rows = await runSql<ImportRow>(em, sql`${SELECT} WHERE ${condition}`);
    return rows.map((row) => withoutNulls(row));
  }
}

function found(one: OdooImport | undefined): OdooImport {
  if (one !== undefined) return one;
  throw AppError.terminal('import.not_found', 'you have no import with this id', { httpStatus: 404 });
}
