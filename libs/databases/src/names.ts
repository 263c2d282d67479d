import { AppError } from '@saasodoo/kernel';
import { escapeIdentifier } from 'pg';

/** PostgreSQL cuts longer names off without an error, which would make two names one. */
const NAME = /^[a-z0-9_][a-z0-9_-]{0,62}$/;

/** The reserved ones belong to the server, whatever the statement. */
const RESERVED = /^(pg_|postgres$|template[01]$|public$|none$)/;

const PASSWORD = /^[\x21-\x7e]{8,256}$/;

/** `name` of a database or role, quoted for a statement. Throws `database.name_malformed`. */
export function quotedName(name: string): string {
  if (NAME.test(name)) return escapeIdentifier(name);
  throw AppError.terminal('database.name_malformed', `'${name}' cannot name a database or a role`, {
    hint: 'Use 1 to 63 lower-case letters, digits, underscores and hyphens; a hyphen is not the first.',
    httpStatus: 422,
  });
}

/** As `quotedName`, for what is about to be made or removed. Throws `database.name_reserved` as well. */
export function quotedOwnName(name: string): string {
  if (!RESERVED.test(name)) return quotedName(name);
  throw AppError.terminal('database.name_reserved', `'${name}' belongs to the database server itself`, {
    hint: 'Choose another name.',
    httpStatus: 422,
  });
}

/** Throws `database.password_malformed`; the text never shows the password. */
export function checkPassword(password: string): void {
  if (PASSWORD.test(password)) return;
  throw AppError.terminal('database.password_malformed', 'the password of a database role is not usable', {
    hint: 'Use 8 to 256 printable ASCII characters without spaces.',
    httpStatus: 422,
  });
}
