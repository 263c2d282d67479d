import { createSecretKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AppError, isUuid } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';

const ISSUER = 'saasodoo';
const AUDIENCE = 'saasodoo-api';
const ALGORITHM = 'HS256';

/** Signs and checks the short-lived tokens that say who asks. They are not looked up, so they cannot be revoked early. */
@Injectable()
export class AccessTokens {
  readonly lifetimeSeconds: number;
  private readonly jwt: JwtService;

  constructor(@Inject(GatewayConfig) config: GatewayConfig) {
    this.lifetimeSeconds = config.ACCESS_TOKEN_SECONDS;
    // A key object: from a buffer it would be made anew for every request.
    const key = createSecretKey(config.ACCESS_TOKEN_KEY, 'base64');
    this.jwt = new JwtService({
      secretOrKeyProvider: () => key,
      signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE },
      verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE },
    });
  }

  issue(customerId: string): string {
    return this.jwt.sign({}, { subject: customerId, expiresIn: this.lifetimeSeconds });
  }

  /** Answers the customer's id. Throws `auth.token_expired` or `auth.token_invalid`. */
  verify(token: string): string {
    const { sub } = this.read(token);
    if (typeof sub === 'string' && isUuid(sub)) return sub;
    throw invalid(undefined);
  }

  private read(token: string): { readonly sub?: unknown } {
    try {
      return this.jwt.verify<{ sub?: unknown }>(token);
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
