import type { DataSource, EntityManager } from 'typeorm';
import type { InboxRow } from './inbox-row';
import type { IncomingMessage } from './incoming-message';

const ROW = 'message_id, type, subject, payload, headers, attempts, fence';

/** The statements over `inbox` of one consumer, which is an app. */
export class InboxStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consumer: string,
    private readonly leaseMs: number,
  ) {}

  /**
   * Takes messages over, ignoring those known already, and leases the first `leases` of the new ones to the caller,
   * whose rows it answers. The rest is claimed later.
   */
  async receive(messages: readonly IncomingMessage[], leases: number): Promise<InboxRow[]> {
    const sound = messages.map(({ defect }) => defect === undefined);
    const leased = sound.map(
      (isSound, index) => isSound && sound.slice(0, index).filter(Boolean).length < leases,
    );
    const rows: InboxRow[] = await this.dataSource.query(
      `WITH arrived AS (
         INSERT INTO inbox (consumer, message_id, type, subject, payload, headers, raw, status, last_error,
           attempts, fence, lease_until)
         SELECT $1, m.id, m.type, m.subject, m.payload, m.headers, m.raw,
           CASE WHEN m.defect IS NULL THEN 'ready' ELSE 'parked' END, m.defect, m.leased::int, m.leased::int,
           CASE WHEN m.leased THEN now() + $2 * interval '1 millisecond' ELSE '-infinity' END
         FROM unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::bytea[], $9::text[], $10::bool[])
           AS m (id, type, subject, payload, headers, raw, defect, leased)
         ON CONFLICT DO NOTHING RETURNING ${ROW})
       SELECT ${ROW} FROM arrived WHERE fence = 1`,
      [
        this.consumer,
        this.leaseMs,
        messages.map(({ messageId }) => messageId),
        messages.map(({ type }) => type),
        messages.map(({ subject }) => subject),
        messages.map(({ payload }) => payload ?? null),
        messages.map(({ headers }) => JSON.stringify(headers)),
        messages.map(({ raw, defect }) => (defect === undefined ? null : raw)),
        messages.map(({ defect }) => defect ?? null),
        leased,
      ],
    );
    return rows;
  }

  /** Leases due messages, oldest first. Rows whose handler still runs are locked and therefore skipped. */
  async claim(limit: number): Promise<InboxRow[]> {
    const [rows]: [InboxRow[], number] = await this.dataSource.query(
      `WITH due AS MATERIALIZED (
         SELECT message_id FROM inbox
         WHERE consumer = $1 AND status = 'ready' AND next_attempt_at <= now() AND lease_until <= now()
         ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       UPDATE inbox SET attempts = attempts + 1, fence = fence + 1,
         lease_until = now() + $2 * interval '1 millisecond'
       FROM due WHERE inbox.consumer = $1 AND inbox.message_id = due.message_id
       RETURNING inbox.message_id, type, subject, payload, headers, attempts, fence`,
      [this.consumer, this.leaseMs, limit],
    );
    return rows;
  }

  /**
   * Marks the message handled, in the handler's own transaction and before the handler runs: the row stays locked
   * until the commit, so nobody else can claim it meanwhile. Answers whether the lease was still ours.
   */
  async finish(em: EntityManager, { message_id, fence }: InboxRow): Promise<boolean> {
    const [, affected]: [unknown[], number] = await em.query(
      `UPDATE inbox SET status = 'done', done_at = now(), last_error = NULL
       WHERE consumer = $1 AND message_id = $2 AND fence = $3 AND status = 'ready'`,
      [this.consumer, message_id, fence],
    );
    return affected === 1;
  }

  /** Gives the lease back; the message is due again after `delayMs`. */
  async postpone({ message_id, fence }: InboxRow, error: string | null, delayMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE inbox SET last_error = coalesce($4, last_error), lease_until = '-infinity',
         next_attempt_at = now() + $5 * interval '1 millisecond'
       WHERE consumer = $1 AND message_id = $2 AND fence = $3 AND status = 'ready'`,
      [this.consumer, message_id, fence, error, delayMs],
    );
  }

  async park({ message_id, fence }: InboxRow, error: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE inbox SET status = 'parked', last_error = $4
       WHERE consumer = $1 AND message_id = $2 AND fence = $3 AND status = 'ready'`,
      [this.consumer, message_id, fence, error],
    );
  }

  async ping(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }
}
