import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from './app-error';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets that must rest in PostgreSQL. The sealed form is `v1.` + base64(iv ‖ tag ‖ ciphertext);
 * `context` (such as the instance id) is authenticated, so a sealed value cannot be moved to another row.
 */
export class SecretBox {
  private readonly key: KeyObject;

  /** @param key 32 bytes, base64. Throws `secret_box.key_malformed`. */
  constructor(key: string) {
    const bytes = Buffer.from(key, 'base64');
    if (bytes.length !== 32) {
      throw AppError.terminal('secret_box.key_malformed', 'the encryption key must be 32 bytes in base64', {
        hint: 'Make one with: openssl rand -base64 32',
      });
    }
    // A key object: from a buffer it would be made anew for every secret.
    this.key = createSecretKey(bytes);
  }

  seal(plain: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `v1.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')}`;
  }

  /** Throws `secret_box.unreadable` when the key, the context or the value is not the one it was sealed with. */
  open(sealed: string, context: string): string {
    try {
      const raw = Buffer.from(sealed.slice('v1.'.length), 'base64');
      const decipher = createDecipheriv(ALGORITHM, this.key, raw.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(raw.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = raw.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw AppError.terminal('secret_box.unreadable', 'a stored secret cannot be opened with this key', {
        cause,
        hint: 'Was the encryption key changed? Start with the key the secret was sealed with.',
      });
    }
  }
}

/** A random secret of `bytes` bytes in URL-safe base64, fit for passwords that no human types. */
export function randomSecret(bytes = 24): string {
  return randomBytes(bytes).toString('base64url');
}
