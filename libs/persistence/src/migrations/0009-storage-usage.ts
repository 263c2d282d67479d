import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the directories of instances hold, as it was last measured. */
export class StorageUsageMigration implements MigrationInterface {
  readonly name = 'StorageUsage0000000000009';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Written often and small: room in each page lets an update stay where it is.
    await queryRunner.query(`
      CREATE TABLE instance_storage_usage (
        instance_id uuid PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
        used_bytes bigint NOT NULL CHECK (used_bytes >= 0),
        level smallint NOT NULL DEFAULT 0 CHECK (level IN (0, 80, 90, 100)),
        sampled_at timestamptz NOT NULL
      ) WITH (fillfactor = 70)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE instance_storage_usage');
  }
}
