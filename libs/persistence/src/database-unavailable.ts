import { AppError } from '@saasodoo/kernel';
import { QueryFailedError } from 'typeorm';

/** Class 08, the server's shutting down and starting up, and what the operating system says of a connection. */
const CODE =
  /^(?:08\w{3}|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** pg has no codes for these. */
const MESSAGE =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error)/;
const RETRY_AFTER_SECONDS = 5;

/** `database.unavailable`, caused by `error`, when that says that the connection to PostgreSQL is lost or not to be had. */
export function databaseUnavailable(error: unknown): AppError | undefined {
  const said: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!CODE.test(textOf(said, 'code')) && !MESSAGE.test(textOf(said, 'message'))) return undefined;
  return AppError.retryable('database.unavailable', 'the database cannot be reached right now', {
    cause: error,
    httpStatus: 503,
    hint: 'Try again in a few seconds; what was not answered may have been carried out.',
    facts: { retry_after_seconds: RETRY_AFTER_SECONDS },
  });
}

/** Whatever class it has: errors of sockets are Node's own. */
function textOf(error: unknown, field: 'code' | 'message'): string {
  const text: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof text === 'string' ? text : '';
}
