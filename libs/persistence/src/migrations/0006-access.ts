import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles, the audit of every change, and what a customer may use. */
export class AccessMigration implements MigrationInterface {
  readonly name = 'Access0000000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addRoles(queryRunner);
    await extendAudit(queryRunner);
    await createQuota(queryRunner);
    await countUsage(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER instance_usage ON instance');
    await queryRunner.query('DROP FUNCTION count_instance_usage');
    await queryRunner.query('DROP FUNCTION use_quota');
    await queryRunner.query('DROP TABLE customer_usage, customer_quota, quota_default');
    await queryRunner.query('DELETE FROM audit_entry WHERE customer_id IS NULL');
    await queryRunner.query(`
      ALTER TABLE audit_entry ALTER COLUMN customer_id SET NOT NULL,
        DROP COLUMN actor_id, DROP COLUMN actor_role, DROP COLUMN before, DROP COLUMN after, DROP COLUMN address,
        DROP COLUMN result`);
    await queryRunner.query('DROP INDEX audit_entry_owner, audit_entry_subject, audit_entry_action');
    await queryRunner.query(`CREATE INDEX audit_entry_customer ON audit_entry (customer_id, happened_at)`);
    await queryRunner.query(`UPDATE refresh_token_family SET revoked_because = 'logout'
      WHERE revoked_because = 'demotion'`);
    await queryRunner.query(`
      ALTER TABLE refresh_token_family DROP CONSTRAINT refresh_token_family_revoked_because_check,
        ADD CONSTRAINT refresh_token_family_revoked_because_check CHECK (revoked_because IN ('logout', 'reuse'))`);
    await queryRunner.query('ALTER TABLE customer DROP COLUMN role');
  }
}

async function addRoles(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    ALTER TABLE customer
      ADD COLUMN role text NOT NULL DEFAULT 'customer'
        CONSTRAINT customer_role_check CHECK (role IN ('customer', 'support', 'admin'))`);
  await queryRunner.query(`CREATE INDEX customer_operator ON customer (role) WHERE role <> 'customer'`);
  await queryRunner.query(`
    ALTER TABLE refresh_token_family DROP CONSTRAINT refresh_token_family_revoked_because_check,
      ADD CONSTRAINT refresh_token_family_revoked_because_check
        CHECK (revoked_because IN ('logout', 'reuse', 'demotion'))`);
}

/** `customer_id` says whose it is, which is who may read the entry; `result` is `done` or the code of the refusal. */
async function extendAudit(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    ALTER TABLE audit_entry ALTER COLUMN customer_id DROP NOT NULL,
      ADD COLUMN actor_id uuid,
      ADD COLUMN actor_role text CHECK (actor_role IN ('customer', 'support', 'admin')),
      ADD COLUMN before jsonb,
      ADD COLUMN after jsonb,
      ADD COLUMN address text,
      ADD COLUMN result text NOT NULL DEFAULT 'done'`);
  await queryRunner.query(`UPDATE audit_entry SET actor_id = customer_id, actor_role = 'customer'`);
  await queryRunner.query('DROP INDEX audit_entry_customer');
  await queryRunner.query('CREATE INDEX audit_entry_owner ON audit_entry (customer_id, id)');
  await queryRunner.query('CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id)');
  await queryRunner.query('CREATE INDEX audit_entry_subject ON audit_entry (subject, id)');
  await queryRunner.query('CREATE INDEX audit_entry_action ON audit_entry (action, id)');
}

/** What is NULL has no limit in `quota_default`, and the default's limit in `customer_quota`. */
async function createQuota(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    CREATE TABLE quota_default (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      instances int CHECK (instances >= 0),
      cpus numeric CHECK (cpus >= 0),
      memory_bytes bigint CHECK (memory_bytes >= 0)
    )`);
  await queryRunner.query(`
    CREATE TABLE customer_quota (
      customer_id uuid PRIMARY KEY REFERENCES customer ON DELETE CASCADE,
      instances int CHECK (instances >= 0),
      cpus numeric CHECK (cpus >= 0),
      memory_bytes bigint CHECK (memory_bytes >= 0)
    )`);
  // numeric: what is added and taken away again leaves nothing behind, as it would in floating point.
  await queryRunner.query(`
    CREATE TABLE customer_usage (
      customer_id uuid PRIMARY KEY,
      instances int NOT NULL CHECK (instances >= 0),
      cpus numeric NOT NULL CHECK (cpus >= 0),
      memory_bytes bigint NOT NULL CHECK (memory_bytes >= 0)
    ) WITH (fillfactor = 50)`);
}

/**
 * Kept by a trigger, so that whoever writes an instance, in whatever statement, counts; and after the statement, so that the
 * customer's row is locked as late as can be. That lock makes concurrent creations of one customer take turns.
 */
async function countUsage(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(USE_QUOTA);
  await queryRunner.query(COUNT_INSTANCE_USAGE);
  // Takes the lock that keeps writers away until the commit, so nothing is missed or counted twice below.
  await queryRunner.query(`
    CREATE TRIGGER instance_usage
      AFTER INSERT OR DELETE OR UPDATE OF name_claimed, status, cpu_limit, memory_bytes, customer_id ON instance
      FOR EACH ROW EXECUTE FUNCTION count_instance_usage()`);
  await queryRunner.query(`
    INSERT INTO customer_usage (customer_id, instances, cpus, memory_bytes)
    SELECT customer_id, count(*), sum(cpu_limit::numeric), sum(memory_bytes) FROM instance
     WHERE name_claimed AND status <> 'terminated' GROUP BY customer_id`);
}

const USE_QUOTA = `
  CREATE FUNCTION use_quota(wanting uuid, more_instances int, more_cpus numeric, more_memory bigint) RETURNS void
  LANGUAGE plpgsql AS $$
  DECLARE
    total customer_usage;
    passed jsonb;
  BEGIN
    UPDATE customer_usage SET
      instances = instances + more_instances, cpus = cpus + more_cpus, memory_bytes = memory_bytes + more_memory
    WHERE customer_id = wanting RETURNING * INTO total;
    IF NOT FOUND THEN
      INSERT INTO customer_usage AS known (customer_id, instances, cpus, memory_bytes)
      VALUES (wanting, more_instances, more_cpus, more_memory)
      ON CONFLICT (customer_id) DO UPDATE SET
        instances = known.instances + excluded.instances,
        cpus = known.cpus + excluded.cpus,
        memory_bytes = known.memory_bytes + excluded.memory_bytes
      RETURNING * INTO total;
    END IF;
    IF more_instances <= 0 AND more_cpus <= 0 AND more_memory <= 0 THEN
      RETURN;
    END IF;
    -- A customer who is above a limit that was lowered may still use less, and as much of everything else.
    SELECT jsonb_build_object('what', what, 'limit', ceiling, 'used', used - more, 'wanted', more) INTO passed
      FROM (SELECT 1) AS always
      LEFT JOIN quota_default AS usual ON true
      LEFT JOIN customer_quota AS own ON own.customer_id = wanting
      CROSS JOIN LATERAL (VALUES
        (1, 'instances', coalesce(own.instances, usual.instances)::numeric, total.instances::numeric,
          more_instances::numeric),
        (2, 'cpus', coalesce(own.cpus, usual.cpus), total.cpus, more_cpus),
        (3, 'memory_bytes', coalesce(own.memory_bytes, usual.memory_bytes)::numeric, total.memory_bytes::numeric,
          more_memory::numeric)
      ) AS dimension (place, what, ceiling, used, more)
     WHERE more > 0 AND used > ceiling
     ORDER BY place LIMIT 1;
    IF passed IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'QUOTA', MESSAGE = 'the quota of the customer is exceeded', DETAIL = passed::text;
    END IF;
  END $$`;

const COUNT_INSTANCE_USAGE = `
  CREATE FUNCTION count_instance_usage() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    counted boolean := coalesce(OLD.name_claimed AND OLD.status <> 'terminated', false);
    counts boolean := coalesce(NEW.name_claimed AND NEW.status <> 'terminated', false);
  BEGIN
    IF counted AND counts AND OLD.customer_id = NEW.customer_id THEN
      IF OLD.cpu_limit <> NEW.cpu_limit OR OLD.memory_bytes <> NEW.memory_bytes THEN
        PERFORM use_quota(NEW.customer_id, 0, NEW.cpu_limit::numeric - OLD.cpu_limit::numeric,
          NEW.memory_bytes - OLD.memory_bytes);
      END IF;
      RETURN NULL;
    END IF;
    IF counted THEN
      PERFORM use_quota(OLD.customer_id, -1, -OLD.cpu_limit::numeric, -OLD.memory_bytes);
    END IF;
    IF counts THEN
      PERFORM use_quota(NEW.customer_id, 1, NEW.cpu_limit::numeric, NEW.memory_bytes);
    END IF;
    RETURN NULL;
  END $$`;
