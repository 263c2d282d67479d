import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Backups of instances, and when they are made by themselves. */
export class BackupsMigration implements MigrationInterface {
  readonly name = 'Backups0000000000008';

  async up(queryRunner: QueryRunner): Promise<void> {
    // The instance is not referred to by a constraint that deletes: a backup outlives what it is a backup of.
    await queryRunner.query(`
      CREATE TABLE backup (
        id uuid PRIMARY KEY,
        instance_id uuid NOT NULL REFERENCES instance (id),
        customer_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('manual', 'scheduled', 'safety', 'final')),
        status text NOT NULL CHECK (status IN ('creating', 'completed', 'failed', 'deleting', 'deleted')),
        database_name text NOT NULL,
        odoo_version text NOT NULL,
        destination text,
        size_bytes bigint CHECK (size_bytes >= 0),
        manifest jsonb,
        manifest_sha256 text,
        error jsonb,
        drill jsonb,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        completed_at timestamptz,
        expires_at timestamptz,
        CHECK (status <> 'completed' OR manifest_sha256 IS NOT NULL)
      )`);
    await queryRunner.query('CREATE INDEX backup_instance ON backup (instance_id, created_at)');
    await queryRunner.query('CREATE INDEX backup_customer ON backup (customer_id, created_at)');
    await queryRunner.query(`
      CREATE TABLE backup_schedule (
        instance_id uuid PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
        enabled boolean NOT NULL,
        hour int NOT NULL CHECK (hour BETWEEN 0 AND 23),
        keep_daily int NOT NULL CHECK (keep_daily BETWEEN 1 AND 366),
        keep_weekly int NOT NULL CHECK (keep_weekly BETWEEN 0 AND 260),
        keep_monthly int NOT NULL CHECK (keep_monthly BETWEEN 0 AND 120),
        next_at timestamptz NOT NULL,
        failures int NOT NULL DEFAULT 0
      )`);
    await queryRunner.query('CREATE INDEX backup_schedule_due ON backup_schedule (next_at) WHERE enabled');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE backup_schedule, backup');
  }
}
