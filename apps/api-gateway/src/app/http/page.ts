import { InvalidRequest } from './invalid-request';

/** A part of a list; pages count from 1. */
export interface Page {
  readonly page: number;
  readonly pageSize: number;
}

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;
/** Far beyond any list; keeps the offset inside what PostgreSQL counts with. */
const MAX_PAGE = 1_000_000;

/** Reads `page` and `page_size` of a query string. Throws `InvalidRequest`. */
export function parsePage(query: Readonly<Record<string, unknown>>): Page {
  return {
    page: parseCount(query, 'page', { fallback: 1, max: MAX_PAGE }),
    pageSize: parseCount(query, 'page_size', { fallback: DEFAULT_SIZE, max: MAX_SIZE }),
  };
}

function parseCount(
  query: Readonly<Record<string, unknown>>,
  field: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  const given = query[field];
  if (given === undefined) return fallback;
  const count = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (count >= 1 && count <= max) return count;
  throw InvalidRequest.field(field, 'field.range', `must be a whole number from 1 to ${max}`);
}

/** Refuses parameters nobody reads: a misspelt filter must not answer everything. Throws `InvalidRequest`. */
export function assertKnownParameters(
  query: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidRequest(
    unknown.slice(0, 10).map((name) => ({
      field: name.slice(0, 60),
      code: 'field.unknown',
      detail: `there is no such parameter; known are ${known.join(', ')}`,
    })),
  );
}
