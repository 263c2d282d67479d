import type { Backup } from '@saasodoo/backups/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { sql } from '@saasodoo/persistence';

type Optional =
  | 'destination'
  | 'sizeBytes'
  | 'manifest'
  | 'manifestSha256'
  | 'error'
  | 'drill'
  | 'completedAt'
  | 'expiresAt';

export type BackupRow = Omit<Backup, Optional> & {
  readonly [Key in Optional]: NonNullable<Backup[Key]> | null;
};

/** Answers `BackupRow`; a condition may follow. */
export const selectBackups = sql`
  SELECT id, instance_id AS "instanceId", customer_id AS "customerId", kind, status, database_name AS "databaseName",
         odoo_version AS "odooVersion", destination, size_bytes::float8 AS "sizeBytes", manifest,
         manifest_sha256 AS "manifestSha256", error, drill, created_at AS "createdAt", completed_at AS "completedAt",
         expires_at AS "expiresAt"
    FROM backup`;

export function toBackup(row: BackupRow): Backup {
  return withoutNulls(row);
}
