import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the monitor saw of each instance, and the history of it. */
export class ObservationsMigration implements MigrationInterface {
  readonly name = 'Observations0000000000005';

  async up(_queryRunner: QueryRunner): Promise<void> {}

  async down(_queryRunner: QueryRunner): Promise<void> {}
}
