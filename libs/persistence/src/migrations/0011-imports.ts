import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Zips that customers send, to become instances. */
export class ImportsMigration implements MigrationInterface {
  readonly name = 'Imports0000000000011';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE import (
        id uuid PRIMARY KEY,
        customer_id uuid NOT NULL,
        file_name text NOT NULL,
        status text NOT NULL DEFAULT 'awaiting'
          CHECK (status IN ('awaiting', 'received', 'importing', 'imported', 'deleted', 'expired')),
        size_bytes bigint NOT NULL CHECK (size_bytes > 0),
        sha256 text,
        odoo_version text,
        contents jsonb,
        instance_id uuid REFERENCES instance (id),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        received_at timestamptz,
        removed_at timestamptz,
        CHECK (status IN ('awaiting', 'deleted', 'expired')
          OR (sha256 IS NOT NULL AND odoo_version IS NOT NULL AND contents IS NOT NULL))
      )`);
    await queryRunner.query('CREATE INDEX import_customer ON import (customer_id, created_at)');
    // What still lies on a disk: few of all there ever were.
    await queryRunner.query('CREATE INDEX import_kept ON import (created_at) WHERE removed_at IS NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE import');
  }
}
