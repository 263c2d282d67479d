import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** The answer a request got, kept to be given again. Holds no secret. */
export interface StoredAnswer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

export interface IdempotencyKey {
  /** Whose key it is: two customers may use the same one. */
  readonly scope: string;
  readonly key: string;
  /** Tells one request from another without keeping its body. */
  readonly fingerprint: Buffer;
}

export type Claim<Body> =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'replayed'; readonly answer: StoredAnswer<Body> }
  | { readonly outcome: 'mismatched' };

interface KeyRow<Body> extends StoredAnswer<Body> {
  readonly fingerprint: Buffer;
}

/** How long an answer can be asked for again. */
export const IDEMPOTENCY_HOURS = 24;

@Injectable()
export class IdempotencyKeyRepository {
  /**
   * Claims a key for the transaction of `em`. While another transaction holds it, this waits for its end: then it
   * answers what that one stored, or claims the key if that one was rolled back.
   */
  async claim<Body>(em: EntityManager, { scope, key, fingerprint }: IdempotencyKey): Promise<Claim<Body>> {
    const claimed = await em.query<object[]>(
      `INSERT INTO idempotency_key AS known (scope, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT (scope, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, status = NULL, headers = NULL, body = NULL, created_at = clock_timestamp()
         WHERE known.created_at < clock_timestamp() - make_interval(hours => $4)
       RETURNING 1`,
      [scope, key, fingerprint, IDEMPOTENCY_HOURS],
    );
    if (claimed.length > 0) return { outcome: 'claimed' };
    const [row] = await em.query<KeyRow<Body>[]>(
      'SELECT fingerprint, status, headers, body FROM idempotency_key WHERE scope = $1 AND key = $2',
      [scope, key],
    );
    // Expired and removed between the two statements: nothing to replay any more.
    if (row === undefined) return this.claim(em, { scope, key, fingerprint });
    if (!row.fingerprint.equals(fingerprint)) return { outcome: 'mismatched' };
    return { outcome: 'replayed', answer: { status: row.status, headers: row.headers, body: row.body } };
  }

  /** Stores the answer of the request that claimed the key, in the same transaction. */
  async complete(
    em: EntityManager,
    { scope, key }: IdempotencyKey,
    answer: StoredAnswer<unknown>,
  ): Promise<void> {
    await em.query(
      'UPDATE idempotency_key SET status = $3, headers = $4, body = $5 WHERE scope = $1 AND key = $2',
      [scope, key, answer.status, JSON.stringify(answer.headers), JSON.stringify(answer.body)],
    );
  }

  /** Forgets answers nobody can ask for any more; answers how many. */
  async purge(em: EntityManager): Promise<number> {
    const [, purged] = await em.query<[object[], number]>(
      'DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - make_interval(hours => $1)',
      [IDEMPOTENCY_HOURS],
    );
    return purged;
  }
}
