import { createHash, createHmac, pbkdf2 as pbkdf2Callback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2Callback);

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** PostgreSQL's own default (`scram_iterations`). */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores instead of a password (RFC 5803): `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`, base64.
 * Made here, so that the clear password reaches neither the server nor its statement log.
 * `password` must be printable ASCII, where SASLprep changes nothing; the caller checks it.
 */
export async function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(SALT_BYTES),
  iterations = ITERATIONS,
): Promise<string> {
  const salted = await pbkdf2(password, salt, iterations, KEY_BYTES, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
