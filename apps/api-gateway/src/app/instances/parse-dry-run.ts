import { InvalidRequest } from '../http/invalid-request';
import { assertKnownParameters } from '../http/page';

/** Reads `dry_run` of a query that may hold nothing else. Throws `InvalidRequest`. */
export function parseDryRun(query: Readonly<Record<string, unknown>>): boolean {
  assertKnownParameters(query, ['dry_run']);
  const { dry_run: given = 'false' } = query;
  if (given === 'true' || given === 'false') return given === 'true';
  throw InvalidRequest.field('dry_run', 'field.choice', 'must be true or false');
}
