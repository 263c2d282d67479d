import { AppError } from '@saasodoo/kernel';

export const PASSWORD_MIN_LENGTH = 8;
export const PASSWORD_MAX_LENGTH = 128;

/** From this length on a password may be a plain phrase. */
const PASSPHRASE_LENGTH = 16;
const REQUIRED_KINDS = 3;
const REQUIRED_DISTINCT = 5;
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

/**
 * 8 to 128 characters; three of lower-case letters, upper-case letters, digits and others, or 16 characters of any kind;
 * at least 5 different ones; not the e-mail address. Throws `password.too_short`, `.too_long`, `.too_simple` or `.is_email`.
 */
export function assertStrongPassword(password: string, email: string): void {
  const length = [...password].length;
  if (length < PASSWORD_MIN_LENGTH) {
    throw refusal('password.too_short', `it must have at least ${PASSWORD_MIN_LENGTH} characters`);
  }
  if (length > PASSWORD_MAX_LENGTH) {
    throw refusal('password.too_long', `it must have at most ${PASSWORD_MAX_LENGTH} characters`);
  }
  if (password.toLowerCase() === email.toLowerCase()) {
    throw refusal('password.is_email', 'it must not be the e-mail address');
  }
  const kinds = KINDS.filter((kind) => kind.test(password)).length;
  const isVaried = kinds >= REQUIRED_KINDS || length >= PASSPHRASE_LENGTH;
  if (!isVaried || new Set(password).size < REQUIRED_DISTINCT) {
    throw refusal('password.too_simple', 'it is too easy to guess');
  }
}

function refusal(code: string, message: string): AppError {
  return AppError.terminal(code, message, {
    httpStatus: 422,
    hint: 'Mix upper and lower case, digits and other characters, or write a phrase of 16 characters or more.',
  });
}
