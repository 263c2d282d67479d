import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbox and inbox: small hot tables with rows that come and go, so autovacuum is told to look often. */
export class MessagingMigration implements MigrationInterface {
  readonly name = 'Messaging0000000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        message_id uuid NOT NULL UNIQUE,
        type text NOT NULL,
        subject text NOT NULL,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        consumers text[] NOT NULL,
        payload jsonb NOT NULL,
        headers jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
        last_error text
      ) WITH (autovacuum_vacuum_scale_factor = 0.01)`);
    await queryRunner.query(`
      CREATE TABLE outbox_archive (
        message_id uuid PRIMARY KEY,
        type text NOT NULL,
        subject text NOT NULL,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        consumers text[] NOT NULL,
        payload jsonb NOT NULL,
        headers jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        resent_at timestamptz,
        resends int NOT NULL DEFAULT 0,
        settled_at timestamptz
      )`);
    await queryRunner.query(
      `CREATE INDEX outbox_archive_unsettled ON outbox_archive (published_at) WHERE settled_at IS NULL`,
    );
    await queryRunner.query(`CREATE INDEX outbox_archive_published_at ON outbox_archive (published_at)`);
    await queryRunner.query(`
      CREATE TABLE outbox_parked (
        message_id uuid PRIMARY KEY,
        type text NOT NULL,
        subject text NOT NULL,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        consumers text[] NOT NULL,
        payload jsonb NOT NULL,
        headers jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        attempts int NOT NULL,
        last_error text,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        message_id uuid NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        payload jsonb,
        headers jsonb NOT NULL,
        raw bytea,
        status text NOT NULL DEFAULT 'ready' CHECK (status IN ('ready', 'done', 'parked')),
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
        lease_until timestamptz NOT NULL DEFAULT '-infinity',
        fence bigint NOT NULL DEFAULT 0,
        last_error text,
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        done_at timestamptz,
        PRIMARY KEY (consumer, message_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0.01)`);
    await queryRunner.query(
      `CREATE INDEX inbox_ready ON inbox (consumer, received_at) WHERE status = 'ready'`,
    );
    await queryRunner.query(
      `CREATE INDEX inbox_parked ON inbox (consumer, received_at) WHERE status = 'parked'`,
    );
    await queryRunner.query(`CREATE INDEX inbox_done_at ON inbox (done_at) WHERE status = 'done'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE inbox, outbox_parked, outbox_archive, outbox');
  }
}
