import type { ControlSession } from './control-session';

/** A change of an instance's status as PostgreSQL stored it. */
export interface StoredTransition {
  readonly from: string;
  readonly to: string;
}

const REMOVE = `
  DROP TRIGGER IF EXISTS test_transition ON instance;
  DROP FUNCTION IF EXISTS test_record_transition;
  DROP TABLE IF EXISTS test_transition;`;

const RECORD = `
  CREATE TABLE test_transition (id bigint GENERATED ALWAYS AS IDENTITY, instance_id uuid, before text, after text);
  CREATE FUNCTION test_record_transition() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO test_transition (instance_id, before, after) VALUES (NEW.id, OLD.status, NEW.status);
    RETURN NULL;
  END $$;
  CREATE TRIGGER test_transition AFTER UPDATE ON instance
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION test_record_transition();`;

/** Writes down every status that an instance ever has, by a trigger in the site's database; must be closed. */
export class TransitionRecord {
  private constructor(private readonly session: ControlSession) {}

  static async open(session: ControlSession): Promise<TransitionRecord> {
    await session.ask(REMOVE + RECORD);
    return new TransitionRecord(session);
  }

  /** Of one instance, in order. */
  async of(instanceId: string): Promise<StoredTransition[]> {
    const rows = await this.session.ask(
      `SELECT before || ' ' || after FROM test_transition WHERE instance_id = '${instanceId}' ORDER BY id`,
    );
    return rows.map((row) => {
      const [from = '', to = ''] = row.split(' ');
      return { from, to };
    });
  }

  async close(): Promise<void> {
    await this.session.ask(REMOVE);
  }
}
