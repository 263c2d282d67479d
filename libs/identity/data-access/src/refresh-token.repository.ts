import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@saasodoo/kernel';
import { runInTransaction, type Sql, sql, writeTogether } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';

export interface NewFamily {
  readonly customerId: string;
  /** Of its first token. */
  readonly hash: Buffer;
  readonly lifetimeSeconds: number;
}

/** What became of a refresh token that was presented. */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly customerId: string }
  /** Never issued, or its family has expired or was revoked before. */
  | { readonly outcome: 'invalid' }
  /** It had been used already: somebody else holds a copy, so its family is revoked now. */
  | { readonly outcome: 'reused'; readonly customerId: string };

interface PresentedRow {
  readonly family_id: string;
  readonly customer_id: string;
  readonly is_used: boolean;
}

/** Refresh tokens live in families, one per login; of each family exactly one token is good. */
@Injectable()
export class RefreshTokenRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Starts a family with its first token; what is written `alongside` is there with it or not at all. */
  async openFamily(
    { customerId, hash, lifetimeSeconds }: NewFamily,
    alongside: readonly Sql[] = [],
  ): Promise<void> {
    const id = newId();
    const family = sql`
      INSERT INTO refresh_token_family (id, customer_id, expires_at)
      VALUES (${id}, ${customerId}, clock_timestamp() + make_interval(secs => ${lifetimeSeconds}))`;
    const token = sql`INSERT INTO refresh_token (hash, family_id) VALUES (${hash}, ${id})`;
    await writeTogether(this.dataSource.manager, [family, token, ...alongside]);
  }

  /** Exchanges the token hashed as `presented` for the one hashed as `next`. */
  rotate(presented: Buffer, next: Buffer): Promise<Rotation> {
    return runInTransaction(this.dataSource, async (em) => {
      const [row] = await em.query<PresentedRow[]>(
        `SELECT family.id AS family_id, family.customer_id, token.used_at IS NOT NULL AS is_used
         FROM refresh_token token JOIN refresh_token_family family ON family.id = token.family_id
         WHERE token.hash = $1 AND family.revoked_at IS NULL AND family.expires_at > clock_timestamp()
         FOR UPDATE`,
        [presented],
      );
      if (row === undefined) return { outcome: 'invalid' };
      if (row.is_used) {
        await em.query(
          `UPDATE refresh_token_family SET revoked_at = clock_timestamp(), revoked_because = 'reuse' WHERE id = $1`,
          [row.family_id],
        );
        return { outcome: 'reused', customerId: row.customer_id };
      }
      await em.query(
        `WITH used AS (UPDATE refresh_token SET used_at = clock_timestamp() WHERE hash = $1)
         INSERT INTO refresh_token (hash, family_id) VALUES ($2, $3)`,
        [presented, next, row.family_id],
      );
      return { outcome: 'rotated', customerId: row.customer_id };
    });
  }

  /** Ends the family of a token; does nothing for one that was never issued or is somebody else's. */
  async revoke(hash: Buffer, customerId: string, alongside: readonly Sql[] = []): Promise<void> {
    const revocation = sql`
      UPDATE refresh_token_family SET revoked_at = clock_timestamp(), revoked_because = 'logout'
       WHERE id = (SELECT family_id FROM refresh_token WHERE hash = ${hash}) AND customer_id = ${customerId}
         AND revoked_at IS NULL`;
    await writeTogether(this.dataSource.manager, [revocation, ...alongside]);
  }

  /** Ends all families of a customer. */
  async revokeAll(
    em: EntityManager,
    customerId: string,
    because: 'logout' | 'demotion',
    alongside: readonly Sql[] = [],
  ): Promise<void> {
    const revocation = sql`
      UPDATE refresh_token_family SET revoked_at = clock_timestamp(), revoked_because = ${because}
       WHERE customer_id = ${customerId} AND revoked_at IS NULL`;
    await writeTogether(em, [revocation, ...alongside]);
  }
}
