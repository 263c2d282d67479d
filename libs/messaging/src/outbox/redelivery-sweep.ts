import { Logger } from '@nestjs/common';
import type { DatabaseSession } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import type { AmqpMessage } from '../amqp/amqp-message';
import { isMessageFault } from '../amqp/publish-failure';
import { type OutboxRow, toAmqpMessage } from './outbox-row';

export interface SweepOptions {
  readonly dataSource: DataSource;
  readonly publisher: { publish(message: AmqpMessage): Promise<void> };
  readonly resendAfterMs?: number;
  readonly sweepEveryMs?: number;
}

interface OverdueRow extends Omit<OutboxRow, 'id' | 'attempts'> {
  readonly age_seconds: number;
}

const RESEND_AFTER_MS = 30_000;
const SWEEP_EVERY_MS = 5_000;
const WARN_AFTER_SECONDS = 600;
const BATCH = 100;

/**
 * The end-to-end acknowledgement: a sent message counts as delivered when each of its consumers has it in its inbox.
 * Until then it is sent again with the same id, which heals a purged queue and a broker that lost its disk.
 */
export class RedeliverySweep {
  private readonly logger = new Logger(RedeliverySweep.name);
  private dueAt = 0;

  constructor(private readonly options: SweepOptions) {}

  async runIfDue(session: DatabaseSession): Promise<void> {
    if (Date.now() < this.dueAt) return;
    this.dueAt = Date.now() + (this.options.sweepEveryMs ?? SWEEP_EVERY_MS);
    await this.settleDelivered(session);
    const overdue = await this.overdue(session);
    if (overdue.length === 0) return;
    const resent = await this.resend(overdue);
    await this.options.dataSource.query(
      'UPDATE outbox_archive SET resent_at = now(), resends = resends + 1 WHERE message_id = ANY($1)',
      [resent],
    );
    this.report(overdue);
  }

  private async settleDelivered(session: DatabaseSession): Promise<void> {
    await session.query(
      `UPDATE outbox_archive a SET settled_at = now()
       WHERE settled_at IS NULL AND NOT EXISTS (
         SELECT FROM unnest(a.consumers) AS wanted (consumer)
         WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.consumer = wanted.consumer AND i.message_id = a.message_id))`,
    );
  }

  private overdue(session: DatabaseSession): Promise<OverdueRow[]> {
    return session.query<OverdueRow>(
      `SELECT message_id, type, exchange, routing_key, consumers, payload::text AS payload, headers,
         extract(epoch FROM now() - published_at)::float8 AS age_seconds
       FROM outbox_archive
       WHERE settled_at IS NULL AND coalesce(resent_at, published_at) <= now() - $1 * interval '1 millisecond'
       ORDER BY published_at LIMIT $2`,
      [this.options.resendAfterMs ?? RESEND_AFTER_MS, BATCH],
    );
  }

  /** Answers the ids that were confirmed; a message the broker refuses waits for the next sweep. */
  private async resend(rows: readonly OverdueRow[]): Promise<string[]> {
    const resent: string[] = [];
    await Promise.all(
      rows.map(async (row) => {
        try {
          await this.options.publisher.publish(toAmqpMessage(row));
          resent.push(row.message_id);
        } catch (error) {
          if (!isMessageFault(error)) throw error;
          this.logger.warn(`${row.type} ${row.message_id} could not be sent again: ${String(error)}`);
        }
      }),
    );
    return resent;
  }

  private report(overdue: readonly OverdueRow[]): void {
    this.logger.debug(`sent ${overdue.length} messages again that no inbox has seen`);
    const late = overdue.filter(({ age_seconds }) => age_seconds > WARN_AFTER_SECONDS);
    if (late.length === 0) return;
    const types = [...new Set(late.map(({ type }) => type))].join(', ');
    this.logger.warn(
      `${late.length} messages are undelivered for more than 10 minutes (${types}): does the app that handles them run?`,
    );
  }
}
