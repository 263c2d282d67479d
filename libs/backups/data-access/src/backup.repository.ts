import type { Backup, BackupManifest, NewBackup } from '@saasodoo/backups/domain';
import { AppError, type ErrorRecord } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { type BackupRow, selectBackups, toBackup } from './backup-row';

export interface BackupFilter {
  readonly instanceId: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** What is known of a backup once it was verified. */
export interface VerifiedBackup {
  readonly sizeBytes: number;
  readonly manifest: BackupManifest;
  readonly manifestSha256: string;
}

/** The backups in PostgreSQL. What is left of a deleted one is its row, for the record. */
export class BackupRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a backup that begins; one of the same id is left as it is, for whoever resumes. */
  async insert(backup: NewBackup, em: EntityManager = this.dataSource.manager): Promise<void> {
    const { id, instanceId, customerId, kind, databaseName, odooVersion, expiresAt } = backup;
    await runSql(
      em,
      sql`INSERT INTO backup (id, instance_id, customer_id, kind, status, database_name, odoo_version, expires_at)
          VALUES (${id}, ${instanceId}, ${customerId}, ${kind}, 'creating', ${databaseName}, ${odooVersion},
            ${expiresAt})
          ON CONFLICT (id) DO NOTHING`,
    );
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Backup | undefined> {
    return this.findOne(em, sql`id = ${id}`);
  }

  /** Throws `backup.not_found`. */
  async get(id: string, em: EntityManager = this.dataSource.manager): Promise<Backup> {
    const backup = await this.find(id, em);
    if (backup === undefined) throw backupNotFound();
    return backup;
  }

  /** What is outside of the scope is not there, and neither is what was deleted; everybody's when no customer is named. */
  async findInScope(
    id: string,
    { customerId }: { readonly customerId?: string },
    em: EntityManager = this.dataSource.manager,
  ): Promise<Backup | undefined> {
    const own = customerId === undefined ? sql`true` : sql`customer_id = ${customerId}`;
    return this.findOne(em, sql`id = ${id} AND status <> 'deleted' AND ${own}`);
  }

  /** Newest first, without those that were deleted. */
  async list({ instanceId, page, pageSize }: BackupFilter): Promise<{ backups: Backup[]; total: number }> {
    const em = this.dataSource.manager;
    const condition = sql`instance_id = ${instanceId} AND status <> 'deleted'`;
    const [rows, [counted]] = await Promise.all([
      runSql<BackupRow>(
        em,
        sql`${selectBackups} WHERE ${condition} ORDER BY created_at DESC, id DESC
             LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(em, sql`SELECT count(*)::int AS total FROM backup WHERE ${condition}`),
    ]);
    return { backups: rows.map(toBackup), total: counted?.total ?? 0 };
  }

  /** The operation that makes a new instance of it and has not ended. */
  async copiedBy(em: EntityManager, id: string): Promise<string | undefined> {
    const [copy] = await runSql<{ id: string }>(
      em,
      sql`SELECT id FROM operation WHERE kind = 'restore-new' AND status IN ('queued', 'running', 'compensating')
             AND input ->> 'backup_id' = ${id} LIMIT 1`,
    );
    return copy?.id;
  }

  /** Complete backups of an instance that go by themselves: scheduled ones that nobody keeps, and those whose time is over. */
  async listPrunable(em: EntityManager, instanceId: string): Promise<Backup[]> {
    const rows = await runSql<BackupRow>(
      em,
      sql`${selectBackups} WHERE instance_id = ${instanceId} AND status = 'completed'
             AND (kind = 'scheduled' AND expires_at IS NULL
               OR kind IN ('scheduled', 'safety') AND expires_at < clock_timestamp())`,
    );
    return rows.map(toBackup);
  }

  /** Settles where its parts are kept, and answers where that is; done again, nothing changes. Throws `backup.not_found`. */
  async place(id: string, destination: string): Promise<string> {
    const [row] = await runSql<{ destination: string }>(
      this.dataSource.manager,
      sql`WITH placed AS (UPDATE backup SET destination = coalesce(destination, ${destination}) WHERE id = ${id}
            RETURNING destination)
          SELECT destination FROM placed`,
    );
    if (row === undefined) throw backupNotFound();
    return row.destination;
  }

  /** It was verified where it is kept. Done again, nothing changes. Throws `backup.status_conflict`. */
  async complete(id: string, { sizeBytes, manifest, manifestSha256 }: VerifiedBackup): Promise<void> {
    await this.move(
      this.dataSource.manager,
      sql`UPDATE backup SET status = 'completed', size_bytes = ${sizeBytes},
            manifest = ${JSON.stringify(manifest)}, manifest_sha256 = ${manifestSha256},
            completed_at = coalesce(completed_at, clock_timestamp())
           WHERE id = ${id} AND status IN ('creating', 'completed') RETURNING id`,
    );
  }

  /** It came to nothing; one that was completed stays. */
  async fail(em: EntityManager, id: string, error: ErrorRecord): Promise<void> {
    await runSql(
      em,
      sql`UPDATE backup SET status = 'failed', error = ${JSON.stringify(error)}
           WHERE id = ${id} AND status = 'creating'`,
    );
  }

  /** It is not offered any more, and its parts go. Throws `backup.status_conflict` while it is made, and afterwards. */
  async requestDeletion(em: EntityManager, id: string): Promise<void> {
    await this.move(
      em,
      sql`UPDATE backup SET status = 'deleting' WHERE id = ${id} AND status IN ('completed', 'failed') RETURNING id`,
    );
  }

  /** Nothing of it is left but its row. */
  async recordDeleted(em: EntityManager, id: string): Promise<void> {
    await runSql(em, sql`UPDATE backup SET status = 'deleted' WHERE id = ${id} AND status = 'deleting'`);
  }

  private async move(em: EntityManager, update: Sql): Promise<void> {
    const moved = await runSql(em, sql`WITH moved AS (${update}) SELECT id FROM moved`);
    if (moved.length > 0) return;
    throw AppError.terminal('backup.status_conflict', 'the status of the backup does not allow this', {
      httpStatus: 409,
      hint: 'Look at the backup: it may still be in the making, or be deleted already.',
    });
  }

  private async findOne(em: EntityManager, condition: Sql): Promise<Backup | undefined> {
    const [row] = await runSql<BackupRow>(em, sql`${selectBackups} WHERE ${condition}`);
    return row === undefined ? undefined : toBackup(row);
  }
}

function backupNotFound(): AppError {
  return AppError.terminal('backup.not_found', 'there is no backup with this id', { httpStatus: 404 });
}
