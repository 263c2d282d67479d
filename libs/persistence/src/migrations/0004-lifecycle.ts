import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the lifecycle of an instance adds to it. */
export class LifecycleMigration implements MigrationInterface {
  readonly name = 'Lifecycle0000000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    // resume_to: what a suspended instance goes back to. service_fingerprint: what the service looked like when it was
    // deployed, so that an edit by hand shows.
    await queryRunner.query(`
      ALTER TABLE instance
        ADD COLUMN resume_to text CHECK (resume_to IN ('running', 'stopped')),
        ADD COLUMN service_fingerprint text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE instance DROP COLUMN resume_to, DROP COLUMN service_fingerprint');
  }
}
