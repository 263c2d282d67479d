import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers, their sessions, the answers kept for repeated requests, and who looked at what. */
export class IdentityMigration implements MigrationInterface {
  readonly name = 'Identity0000000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE customer (
        id uuid PRIMARY KEY,
        email text NOT NULL UNIQUE CHECK (email = lower(email)),
        password_hash text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    // One family per login: a stolen refresh token shows when it is used a second time, and then the family ends.
    await queryRunner.query(`
      CREATE TABLE refresh_token_family (
        id uuid PRIMARY KEY,
        customer_id uuid NOT NULL REFERENCES customer ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_because text CHECK (revoked_because IN ('logout', 'reuse'))
      )`);
    await queryRunner.query(
      `CREATE INDEX refresh_token_family_customer ON refresh_token_family (customer_id)`,
    );
    await queryRunner.query(`
      CREATE TABLE refresh_token (
        hash bytea PRIMARY KEY,
        family_id uuid NOT NULL REFERENCES refresh_token_family ON DELETE CASCADE,
        issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        used_at timestamptz
      )`);
    await queryRunner.query(`CREATE INDEX refresh_token_family_id ON refresh_token (family_id)`);
    await queryRunner.query(`
      CREATE TABLE idempotency_key (
        scope text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status int,
        headers jsonb,
        body json,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (scope, key)
      )`);
    await queryRunner.query(`CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at)`);
    await queryRunner.query(`
      CREATE TABLE audit_entry (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        customer_id uuid NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        correlation_id text
      )`);
    await queryRunner.query(`CREATE INDEX audit_entry_customer ON audit_entry (customer_id, happened_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE audit_entry, idempotency_key, refresh_token, refresh_token_family, customer',
    );
  }
}
