import { createSecretKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { type Actor, type Role, roles } from '@saasodoo/identity/domain';
import { AppError, isUuid, newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';

const ISSUER = 'saasodoo';
const AUDIENCE = 'saasodoo-api';
const ALGORITHM = 'HS256';
const SECONDS_PER_DAY = 86_400;

/** What a token claims, before it is looked at. */
interface Claims {
  readonly sub?: unknown;
  readonly role?: unknown;
  readonly jti?: unknown;
}

/**
 * Signs and checks the short-lived tokens that say who asks, and in which role. They are not looked up, so they cannot be
 * revoked early: a changed role counts once the token that says the old one has expired.
 */
@Injectable()
export class AccessTokens {
  readonly lifetimeSeconds: number;
  /** Of the refresh tokens that are handed out with them. */
  readonly refreshLifetimeSeconds: number;
  private readonly jwt: JwtService;

  constructor(@Inject(GatewayConfig) config: GatewayConfig) {
    this.lifetimeSeconds = config.ACCESS_TOKEN_SECONDS;
    this.refreshLifetimeSeconds = config.REFRESH_TOKEN_DAYS * SECONDS_PER_DAY;
    // A key object: from a buffer it would be made anew for every request.
    const key = createSecretKey(config.ACCESS_TOKEN_KEY, 'base64');
    this.jwt = new JwtService({
      secretOrKeyProvider: () => key,
      signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE },
      verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE },
    });
  }

  issue({ id, role }: { readonly id: string; readonly role: Role }): string {
    return this.jwt.sign({ role }, { subject: id, jwtid: newId(), expiresIn: this.lifetimeSeconds });
  }

  /** Answers who holds the token. Throws `auth.token_expired` or `auth.token_invalid`. */
  verify(token: string): Actor {
    const { sub, role: claimed = 'customer', jti } = this.read(token);
    const role = roles.find((known) => known === claimed);
    if (typeof sub !== 'string' || !isUuid(sub) || role === undefined) throw invalid(undefined);
    return { customerId: sub, role, ...(typeof jti === 'string' ? { tokenId: jti } : {}) };
  }

  private read(token: string): Claims {
    try {
      return this.jwt.verify<Claims>(token);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'TokenExpiredError') {
        throw AppError.terminal('auth.token_expired', 'the access token has expired', {
          cause,
          httpStatus: 401,
          hint: 'POST /refresh with the refresh token, or log in again.',
        });
      }
      throw invalid(cause);
    }
  }
}

function invalid(cause: unknown): AppError {
  return AppError.terminal('auth.token_invalid', 'the access token is not one of ours', {
    cause,
    httpStatus: 401,
    hint: 'Log in again.',
  });
}
