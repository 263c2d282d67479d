import { type Sql, sql } from '@saasodoo/persistence';
import type { DeadLetterFilter, DeadLetterPlace } from './dead-letter';
import type { DeadLetterKey } from './dead-letter-id';

export interface DeadLetterRow {
  readonly place: DeadLetterPlace;
  readonly holder: string;
  readonly message_id: string;
  readonly type: string;
  readonly subject: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly since: Date;
}

export interface DeadLetterDetailRow extends DeadLetterRow {
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly raw: Buffer | null;
}

/** The three places as one relation. */
const PARKED = sql`(
  SELECT 'inbox' AS place, consumer AS holder, message_id, type, subject, attempts, last_error, received_at AS since,
    payload, headers, raw FROM inbox WHERE status = 'parked'
  UNION ALL
  SELECT 'outbox', '', message_id, type, subject, attempts, last_error, parked_at, payload, headers, NULL
    FROM outbox_parked
  UNION ALL
  SELECT 'broker', queue, message_id, type, subject, attempts, last_error, parked_at, payload, headers, raw
    FROM broker_parked) parked`;

const COLUMNS = sql`place, holder, message_id, type, subject, attempts, last_error, since`;

export function selectPage(filter: DeadLetterFilter, limit: number, offset: number): Sql {
  return sql`SELECT ${COLUMNS} FROM ${PARKED} WHERE ${matches(filter)}
    ORDER BY since DESC, place, holder, message_id LIMIT ${limit} OFFSET ${offset}`;
}

export function selectCounts(filter: DeadLetterFilter): Sql {
  return sql`SELECT place, holder, type, count(*)::int AS count FROM ${PARKED} WHERE ${matches(filter)}
    GROUP BY place, holder, type ORDER BY count DESC, place, holder, type`;
}

export function selectOne({ place, holder, messageId }: DeadLetterKey): Sql {
  return sql`SELECT ${COLUMNS}, payload, headers, raw FROM ${PARKED}
    WHERE place = ${place} AND holder = ${holder} AND message_id = ${messageId}`;
}

/** Oldest first, those that can be sent again. */
export function selectSendable(filter: DeadLetterFilter, limit: number): Sql {
  return sql`SELECT place, holder, message_id FROM ${PARKED}
    WHERE ${matches(filter)} AND payload IS NOT NULL ORDER BY since LIMIT ${limit}`;
}

/** Due at once for the app whose inbox it is in, with all its attempts before it. */
const REDRIVE_INBOX = ({ holder, messageId }: DeadLetterKey): Sql => sql`
  UPDATE inbox SET status = 'ready', attempts = 0, next_attempt_at = '-infinity', lease_until = '-infinity'
  WHERE consumer = ${holder} AND message_id = ${messageId} AND status = 'parked' AND payload IS NOT NULL
  RETURNING message_id`;

const MESSAGE = sql`message_id, type, subject, exchange, routing_key, consumers, payload, headers`;

/** Back to the relay, which sends with confirms; moved in one statement, so that it is in one place at any moment. */
const REDRIVE_OUTBOX = ({ messageId }: DeadLetterKey): Sql => sql`
  WITH found AS (DELETE FROM outbox_parked WHERE message_id = ${messageId} RETURNING *),
    queued AS (INSERT INTO outbox (${MESSAGE}) SELECT ${MESSAGE} FROM found ON CONFLICT (message_id) DO NOTHING)
  SELECT message_id FROM found`;

const REDRIVE_BROKER = ({ holder, messageId }: DeadLetterKey): Sql => sql`
  WITH found AS (DELETE FROM broker_parked
      WHERE queue = ${holder} AND message_id = ${messageId} AND payload IS NOT NULL RETURNING *),
    queued AS (INSERT INTO outbox (${MESSAGE}) SELECT ${MESSAGE} FROM found ON CONFLICT (message_id) DO NOTHING)
  SELECT message_id FROM found`;

const redrives: Readonly<Record<DeadLetterPlace, (key: DeadLetterKey) => Sql>> = {
  inbox: REDRIVE_INBOX,
  outbox: REDRIVE_OUTBOX,
  broker: REDRIVE_BROKER,
};

/** Answers a row when there was something to send again. */
export function redriveOne(key: DeadLetterKey): Sql {
  return redrives[key.place](key);
}

function matches({ place, type, holder }: DeadLetterFilter): Sql {
  return sql`(${place ?? null}::text IS NULL OR place = ${place ?? null})
    AND (${type ?? null}::text IS NULL OR type = ${type ?? null})
    AND (${holder ?? null}::text IS NULL OR holder = ${holder ?? null})`;
}
