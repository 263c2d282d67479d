import { InvalidRequest } from '../http/invalid-request';

const WAIT = /^(\d{1,3})s?$/;
const LONGEST_SECONDS = 60;

/** `30s` or `30` → 30000 milliseconds; 0 when absent. Throws `InvalidRequest`. */
export function parseWait(given: unknown): number {
  if (given === undefined) return 0;
  const seconds = typeof given === 'string' ? Number(WAIT.exec(given)?.[1]) : NaN;
  if (seconds <= LONGEST_SECONDS) return seconds * 1000;
  throw InvalidRequest.field('wait', 'field.format', `must be 0s to ${LONGEST_SECONDS}s`);
}
