import { AppError } from '@saasodoo/kernel';

export interface LogQuery {
  readonly tail: number;
  readonly since?: Date;
  readonly follow: boolean;
}

const DEFAULT_TAIL = 100;
const MOST = 10_000;

/** Throws `logs.query_malformed`. */
export function parseLogQuery(query: Readonly<Record<string, string | undefined>>): LogQuery {
  const tail = query['tail'] === undefined ? DEFAULT_TAIL : Number(query['tail']);
  if (!Number.isInteger(tail) || tail < 0 || tail > MOST) throw malformed('tail', `from 0 to ${MOST}`);
  const since = query['since'] === undefined ? undefined : new Date(query['since']);
  if (since !== undefined && Number.isNaN(since.getTime())) throw malformed('since', 'a time');
  return { tail, follow: query['follow'] === 'true', ...(since === undefined ? {} : { since }) };
}

function malformed(parameter: string, expected: string): AppError {
  return AppError.terminal('logs.query_malformed', `${parameter} must be ${expected}`, {
    httpStatus: 422,
    hint: 'Ask as in ?tail=100&since=2026-01-01T00:00:00Z&follow=true.',
    facts: { parameter },
  });
}
