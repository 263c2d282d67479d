import { createHmac } from 'node:crypto';

/**
 * Tells whether two requests ask for the same. Keyed, because a body may hold a password, which a bare hash would let
 * somebody who reads the database guess. The order of a body's fields does not matter.
 */
export function requestFingerprint(key: Buffer, operation: string, request: object): Buffer {
  const fields = Object.entries(request)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', key)
    .update(JSON.stringify([operation, fields]))
    .digest();
}
