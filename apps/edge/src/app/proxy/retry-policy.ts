import type { IncomingMessage } from 'node:http';
import { hasBody } from './prepare-request';

/** The upstream was not reached, so nothing happened there. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);
const RETRY_DELAYS_MS = [150, 400, 900];
const RETRIES_END_AFTER_MS = 2_000;

export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether the error proves that the request was not handed over. */
export function wasUnreached(error: Error): boolean {
  return UNREACHED.has(codeOf(error));
}

/** Asking twice is asking once, and nothing was consumed that could not be sent again. */
export function isRepeatable(request: IncomingMessage): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request);
}

/**
 * How long to wait before the next attempt; `undefined` to give up. A task that was just replaced is back within a second
 * or two, which is less than a visitor minds.
 */
export function retryDelay(attempt: number, elapsedMs: number): number | undefined {
  const delay = RETRY_DELAYS_MS[attempt - 1];
  return delay === undefined || elapsedMs + delay > RETRIES_END_AFTER_MS ? undefined : delay;
}
