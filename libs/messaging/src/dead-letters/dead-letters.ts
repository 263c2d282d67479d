import { AppError } from '@saasodoo/kernel';
import { runSql } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import type { DeadLetter, DeadLetterCount, DeadLetterDetail, DeadLetterFilter } from './dead-letter';
import { deadLetterUnknown, parseDeadLetterId } from './dead-letter-id';
import {
  type DeadLetterDetailRow,
  type DeadLetterRow,
  redriveOne,
  selectCounts,
  selectOne,
  selectPage,
  selectSendable,
} from './dead-letter-sql';

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Of all pages. */
  readonly total: number;
}

const BATCH = 200;

/**
 * The messages that wait for a human, wherever they are parked. All of it is PostgreSQL: what the broker parks is brought
 * here by `ParkedQueues`. Sending again is one statement a message, so a crash leaves each either parked or on its way; and a
 * message that comes twice takes effect once.
 */
export class DeadLetters {
  constructor(
    private readonly dataSource: DataSource,
    /** The outbox, which is woken when something was put back into it. */
    private readonly outbox: { wake(): void },
  ) {}

  /** Newest first. `offset` counts messages, not pages. */
  async list(
    filter: DeadLetterFilter = {},
    { limit = 20, offset = 0 }: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<DeadLetterPage> {
    const [rows, counts] = await Promise.all([
      runSql<DeadLetterRow>(this.dataSource.manager, selectPage(filter, limit, offset)),
      this.counts(filter),
    ]);
    return { letters: rows.map(toLetter), total: counts.reduce((sum, { count }) => sum + count, 0) };
  }

  /** How many of which type are where, most first. */
  async counts(filter: DeadLetterFilter = {}): Promise<DeadLetterCount[]> {
    return runSql<DeadLetterCount>(this.dataSource.manager, selectCounts(filter));
  }

  /** Throws `dead_letter.unknown` (404). */
  async inspect(id: string): Promise<DeadLetterDetail> {
    const [row] = await runSql<DeadLetterDetailRow>(
      this.dataSource.manager,
      selectOne(parseDeadLetterId(id)),
    );
    if (row === undefined) throw deadLetterUnknown(id);
    return {
      ...toLetter(row),
      payload: row.payload ?? undefined,
      headers: row.headers,
      raw: row.raw ?? undefined,
    };
  }

  /**
   * Gives the message all its attempts anew: from an inbox to its handler, from elsewhere to the relay.
   * Throws `dead_letter.unknown` (404), or `dead_letter.unreadable` (409) for a body that is not JSON: no handler takes it.
   */
  async redrive(id: string): Promise<void> {
    const key = parseDeadLetterId(id);
    const [sent] = await runSql<{ message_id: string }>(this.dataSource.manager, redriveOne(key));
    if (sent === undefined) {
      await this.inspect(id);
      throw unreadable(id);
    }
    if (key.place !== 'inbox') this.outbox.wake();
  }

  /** Sends again what the filter matches and can be sent; answers how many. What is parked meanwhile stays. */
  async redriveAll(filter: DeadLetterFilter): Promise<number> {
    let left = (await this.list(filter, { limit: 0 })).total;
    let redriven = 0;
    while (left > 0) {
      const rows = await runSql<DeadLetterRow>(
        this.dataSource.manager,
        selectSendable(filter, Math.min(left, BATCH)),
      );
      if (rows.length === 0) break;
      for (const { place, holder, message_id: messageId } of rows) {
        const sent = await runSql(this.dataSource.manager, redriveOne({ place, holder, messageId }));
        redriven += sent.length;
      }
      left -= rows.length;
    }
    if (redriven > 0) this.outbox.wake();
    return redriven;
  }
}

function toLetter({ message_id, last_error, place, holder, ...row }: DeadLetterRow): DeadLetter {
  const { type, subject, attempts, since } = row;
  return {
    id: `${place}:${holder}:${message_id}`,
    place,
    holder,
    messageId: message_id,
    type,
    subject,
    attempts,
    error: last_error ?? undefined,
    since,
  };
}

function unreadable(id: string): AppError {
  return AppError.terminal(
    'dead_letter.unreadable',
    `the body of ${id} is not JSON: no handler can take it`,
    {
      httpStatus: 409,
      hint: 'Look at its bytes, and send what was meant from where it came.',
    },
  );
}
