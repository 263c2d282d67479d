import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles, the audit of every change, and what a customer may use. */
export class AccessMigration implements MigrationInterface {
  readonly name = 'Access0000000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE customer
        ADD COLUMN role text NOT NULL DEFAULT 'customer'
          CONSTRAINT customer_role_check CHECK (role IN ('customer', 'support', 'admin'))`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE customer DROP COLUMN role');
  }
}
