import { AppError } from '@saasodoo/kernel';

/** SQLSTATEs this library decides on; https://www.postgresql.org/docs/17/errcodes-appendix.html */
export const SQLSTATE = {
  uniqueViolation: '23505',
  dependentObjectsExist: '2BP01',
  undefinedDatabase: '3D000',
  duplicateDatabase: '42P04',
  objectInUse: '55006',
  queryCanceled: '57014',
} as const;

/** Class 08 and what a server says while it starts, stops or is full. */
const UNREACHABLE_STATES = /^(08...|57P0[1-5]|53300)$/;
const LOGIN_REFUSED_STATES = /^28/;
const NETWORK_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)$/;
/** pg gives these no code. */
const CONNECTION_TEXTS =
  /^(Connection terminated|timeout e(xceeded|xpired)|Client has encountered a connection error)/;

/** The SQLSTATE or Node's error code; `undefined` when it has neither. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The same error, or an AppError that says what to do when the server rather than the statement is the reason. */
export function translateServerError(error: unknown, server: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error) ?? '';
  const reason = messageOf(error);
  const options = { cause: error, facts: { server, reason } };
  if (LOGIN_REFUSED_STATES.test(code)) {
    return AppError.retryable(
      'database_server.login_refused',
      `database server ${server} refuses the login`,
      {
        ...options,
        hint: 'Check user and password of this server, and its pg_hba.conf.',
      },
    );
  }
  if (UNREACHABLE_STATES.test(code) || NETWORK_CODES.test(code) || CONNECTION_TEXTS.test(reason)) {
    return AppError.retryable('database_server.unreachable', `database server ${server} cannot be reached`, {
      ...options,
      hint: 'See whether it runs, whether this process is on its network, and whether it has connections left.',
    });
  }
  if (code === SQLSTATE.queryCanceled) {
    return AppError.retryable(
      'database_server.too_slow',
      `database server ${server} did not finish in time`,
      {
        ...options,
        hint: 'Look at its load and at pg_stat_activity for locks.',
      },
    );
  }
  return error;
}

/** Not by `instanceof`: an error of Node's own may come from another realm. */
function messageOf(error: unknown): string {
  const isMessage = typeof error === 'object' && error !== null && 'message' in error;
  return isMessage ? String(error.message) : String(error);
}
