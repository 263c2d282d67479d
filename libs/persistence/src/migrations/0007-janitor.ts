import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was set aside before it is deleted, what the janitor found, and messages the broker could not get rid of. */
export class JanitorMigration implements MigrationInterface {
  readonly name = 'Janitor0000000000007';

  async up(queryRunner: QueryRunner): Promise<void> {
    // A thing has one tombstone at a time; those of what was deleted stay as a record until they are pruned.
    await queryRunner.query(`
      CREATE TABLE tombstone (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN
          ('service', 'job', 'secret', 'network', 'database', 'template', 'role', 'directory', 'final_dump')),
        thing_id text NOT NULL,
        name text NOT NULL,
        labels jsonb NOT NULL,
        owner_id text,
        reason text NOT NULL,
        size_bytes bigint,
        found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        quarantined_at timestamptz,
        deleted_at timestamptz
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX tombstone_open ON tombstone (kind, thing_id) WHERE deleted_at IS NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX tombstone_deleted_at ON tombstone (deleted_at) WHERE deleted_at IS NOT NULL`,
    );
    await queryRunner.query(`
      CREATE TABLE janitor_run (
        id uuid PRIMARY KEY,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        dry_run boolean NOT NULL,
        counts jsonb NOT NULL,
        findings jsonb NOT NULL,
        alarm jsonb
      )`);
    await queryRunner.query(`CREATE INDEX janitor_run_started_at ON janitor_run (started_at)`);
    await queryRunner.query(`
      CREATE TABLE broker_parked (
        queue text NOT NULL,
        message_id uuid NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        consumers text[] NOT NULL,
        payload jsonb,
        headers jsonb NOT NULL,
        raw bytea,
        attempts int NOT NULL,
        last_error text,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (queue, message_id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE broker_parked, janitor_run, tombstone');
  }
}
