import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which image an instance runs, as a fact of its own. Of instances from before it is read from their service when
 * something is next done to them: what their version has on the site may be another one already.
 */
export class OdooImageMigration implements MigrationInterface {
  readonly name = 'OdooImage0000000000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instance ADD COLUMN odoo_image jsonb`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE instance DROP COLUMN odoo_image');
  }
}
