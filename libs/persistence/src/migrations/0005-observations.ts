import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the monitor saw of each instance, and the history of it. */
export class ObservationsMigration implements MigrationInterface {
  readonly name = 'Observations0000000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createObservation(queryRunner);
    await createHistory(queryRunner);
    await createTaskLog(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE task_log, condition_history, observation_pass, instance_observation');
  }
}

async function createObservation(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE instance_observation (
      instance_id uuid PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
      healthy text NOT NULL CHECK (healthy IN ('true', 'false', 'unknown')),
      reason text NOT NULL,
      message text NOT NULL,
      since timestamptz NOT NULL,
      service jsonb,
      task jsonb,
      failures int NOT NULL,
      secret_present boolean NOT NULL,
      network_present boolean NOT NULL,
      usage jsonb,
      probed_at timestamptz,
      http_status int,
      observed_at timestamptz NOT NULL
    ) WITH (fillfactor = 70)`);
  // One row: what has not changed since is still true as of the last complete pass, so that an idle pass writes one row.
  await queryRunner.query(`
    CREATE TABLE observation_pass (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      started_at timestamptz NOT NULL
    ) WITH (fillfactor = 10)`);
}

async function createHistory(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE condition_history (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      instance_id uuid NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
      type text NOT NULL,
      status text NOT NULL CHECK (status IN ('true', 'false', 'unknown')),
      reason text NOT NULL,
      message text NOT NULL,
      happened_at timestamptz NOT NULL
    )`);
  await queryRunner.query('CREATE INDEX condition_history_instance ON condition_history (instance_id, id)');
}

async function createTaskLog(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE task_log (
      task_id text PRIMARY KEY,
      instance_id uuid NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
      ended_at timestamptz NOT NULL,
      exit_code int,
      error text NOT NULL,
      lines jsonb NOT NULL
    )`);
  await queryRunner.query('CREATE INDEX task_log_instance ON task_log (instance_id, ended_at)');
}
