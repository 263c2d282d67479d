import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const ROUNDS = 25_000;
const KEY_BYTES = 64;
const SALT_BYTES = 16;

/**
 * The hash Odoo keeps of a password, as passlib writes it: `$pbkdf2-sha512$25000$salt$key`. Newer versions of Odoo hash
 * anew, with more rounds, at the first login.
 */
export async function hashOdooPassword(
  password: string,
  salt: Buffer = randomBytes(SALT_BYTES),
): Promise<string> {
  const key = await promisify(pbkdf2)(password, salt, ROUNDS, KEY_BYTES, 'sha512');
  return `$pbkdf2-sha512$${ROUNDS}$${adaptedBase64(salt)}$${adaptedBase64(key)}`;
}

/** passlib's base64: `.` for `+`, and no padding. */
function adaptedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '.').replace(/=+$/, '');
}
