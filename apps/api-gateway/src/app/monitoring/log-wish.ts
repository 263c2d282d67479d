import { InvalidRequest } from '../http/invalid-request';
import { assertKnownParameters } from '../http/page';
import type { LogWish } from './monitor-client';

const DEFAULT_TAIL = 100;
const MOST = 10_000;

/** Reads `tail`, `since` and `follow` of a query string. Throws `InvalidRequest`. */
export function parseLogWish(query: Readonly<Record<string, unknown>>): LogWish {
  assertKnownParameters(query, ['tail', 'since', 'follow']);
  const since = parseSince(query['since']);
  return {
    tail: parseTail(query['tail']),
    follow: parseFollow(query['follow']),
    ...(since === undefined ? {} : { since }),
  };
}

function parseTail(given: unknown): number {
  if (given === undefined) return DEFAULT_TAIL;
  const tail = typeof given === 'string' && /^\d{1,5}$/.test(given) ? Number(given) : NaN;
  if (tail <= MOST) return tail;
  throw InvalidRequest.field('tail', 'field.range', `must be a whole number from 0 to ${MOST}`);
}

function parseSince(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const isTime = typeof given === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(given);
  const since = new Date(isTime ? given : NaN);
  if (!Number.isNaN(since.getTime())) return since.toISOString();
  throw InvalidRequest.field('since', 'field.malformed', 'must be a time such as 2026-01-01T00:00:00Z');
}

function parseFollow(given: unknown): boolean {
  if (given === undefined || given === 'false') return false;
  if (given === 'true') return true;
  throw InvalidRequest.field('follow', 'field.choice', 'must be true or false');
}
