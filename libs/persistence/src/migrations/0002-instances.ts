import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Instances, and the operations that change them. */
export class InstancesMigration implements MigrationInterface {
  readonly name = 'Instances0000000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createInstance(queryRunner);
    await createOperation(queryRunner);
    await createOperationStep(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE operation_step, operation, instance');
  }
}

async function createInstance(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE instance (
      id uuid PRIMARY KEY,
      customer_id uuid NOT NULL,
      subscription_id text,
      name text NOT NULL,
      description text,
      odoo_version text NOT NULL,
      instance_type text NOT NULL,
      database_name text NOT NULL,
      name_claimed boolean NOT NULL,
      admin_email text NOT NULL,
      cpu_limit double precision NOT NULL CHECK (cpu_limit > 0),
      memory_bytes bigint NOT NULL CHECK (memory_bytes > 0),
      storage_bytes bigint NOT NULL CHECK (storage_bytes > 0),
      demo_data boolean NOT NULL,
      language text,
      billing_status text NOT NULL,
      environment jsonb,
      desired_state text NOT NULL,
      generation int NOT NULL,
      observed_generation int NOT NULL,
      status text NOT NULL,
      conditions jsonb NOT NULL,
      service_id text,
      service_name text NOT NULL,
      internal_url text,
      external_url text NOT NULL,
      database_server text,
      database_role text,
      admin_password_sealed text,
      database_password_sealed text,
      error jsonb,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      terminated_at timestamptz
    )`);
  await queryRunner.query(
    `CREATE UNIQUE INDEX instance_name_claimed ON instance (lower(database_name)) WHERE name_claimed`,
  );
  await queryRunner.query(`CREATE INDEX instance_customer ON instance (customer_id, created_at, id)`);
}

async function createOperation(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE operation (
      id uuid PRIMARY KEY,
      position bigint GENERATED ALWAYS AS IDENTITY,
      instance_id uuid NOT NULL REFERENCES instance (id),
      customer_id uuid NOT NULL,
      kind text NOT NULL,
      generation int NOT NULL,
      input jsonb NOT NULL DEFAULT '{}',
      status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'compensating', 'succeeded', 'failed', 'cancelled')),
      attempt int NOT NULL DEFAULT 1,
      error jsonb,
      correlation_id text NOT NULL,
      traceparent text,
      cancel_requested_at timestamptz,
      owner text,
      fence int NOT NULL DEFAULT 0,
      lease_until timestamptz NOT NULL DEFAULT '-infinity',
      next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
      sequence int NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      started_at timestamptz,
      ended_at timestamptz
    ) WITH (fillfactor = 80)`);
  // One writer an instance: whatever a claim overlooks, PostgreSQL refuses.
  await queryRunner.query(
    `CREATE UNIQUE INDEX operation_active ON operation (instance_id) WHERE status IN ('running', 'compensating')`,
  );
  await queryRunner.query(
    `CREATE INDEX operation_open ON operation (position) WHERE status IN ('queued', 'running', 'compensating')`,
  );
  await queryRunner.query(`CREATE INDEX operation_instance ON operation (instance_id, position)`);
  await queryRunner.query(`CREATE INDEX operation_customer ON operation (customer_id, position)`);
}

async function createOperationStep(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE operation_step (
      operation_id uuid NOT NULL REFERENCES operation (id),
      position int NOT NULL,
      name text NOT NULL,
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'running', 'done', 'skipped', 'failed', 'compensated')),
      attempts int NOT NULL DEFAULT 0,
      progress text,
      output jsonb,
      error jsonb,
      started_at timestamptz,
      ended_at timestamptz,
      PRIMARY KEY (operation_id, position)
    ) WITH (fillfactor = 80)`);
}
