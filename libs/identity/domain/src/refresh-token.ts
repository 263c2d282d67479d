import { createHash } from 'node:crypto';
import { randomSecret } from '@saasodoo/kernel';

const TOKEN_BYTES = 32;

export interface RefreshToken {
  /** Handed to the customer and kept nowhere. */
  readonly secret: string;
  /** SHA-256 of the secret, which is all that is stored: 256 random bits cannot be guessed from it. */
  readonly hash: Buffer;
}

export function newRefreshToken(): RefreshToken {
  const secret = randomSecret(TOKEN_BYTES);
  return { secret, hash: hashRefreshToken(secret) };
}

export function hashRefreshToken(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
