import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was set aside before it is deleted, and what the janitor found. */
export class JanitorMigration implements MigrationInterface {
  readonly name = 'Janitor0000000000007';

  async up(_queryRunner: QueryRunner): Promise<void> {}

  async down(_queryRunner: QueryRunner): Promise<void> {}
}
