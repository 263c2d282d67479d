import { Inject, Injectable } from '@nestjs/common';
import {
  AuditLogRepository,
  CustomerRepository,
  RefreshTokenRepository,
} from '@saasodoo/identity/data-access';
import { type Customer, hashRefreshToken, newRefreshToken, normaliseEmail } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import { RequestContext } from '@saasodoo/observability';
import { GatewayConfig } from '../app.config';
import { AccessTokens } from './access-tokens';
import { CustomerResponse } from './customer.response';
import type { LoginRequest } from './login.request';
import { Passwords } from './passwords';
import type { SessionResponse } from './session.response';

const SECONDS_PER_DAY = 86_400;

/** Log-ins: a short access token and a family of refresh tokens each. */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(CustomerRepository) private readonly customers: CustomerRepository,
    @Inject(RefreshTokenRepository) private readonly refreshTokens: RefreshTokenRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
  ) {}

  /** Throws `auth.wrong_credentials`, which does not say whether the address is known. */
  async open({ email, password }: LoginRequest): Promise<SessionResponse> {
    const found = await this.customers.findByEmail(storable(normaliseEmail(email)));
    const matches = await this.passwords.verify(password, found?.passwordHash);
    if (found === undefined || !matches) {
      throw AppError.terminal('auth.wrong_credentials', 'e-mail address and password do not match', {
        httpStatus: 401,
      });
    }
    const token = newRefreshToken();
    const lifetime = this.config.REFRESH_TOKEN_DAYS * SECONDS_PER_DAY;
    await this.refreshTokens.openFamily(found.customer.id, token.hash, lifetime);
    return this.answer(found.customer, token.secret);
  }

  /** Throws `refresh_token.invalid`, or `refresh_token.reused` once, which ends the whole family. */
  async refresh(secret: string): Promise<SessionResponse> {
    const next = newRefreshToken();
    const rotation = await this.refreshTokens.rotate(hashRefreshToken(secret), next.hash);
    if (rotation.outcome === 'reused') {
      await this.record('refresh_token.reused', rotation.customerId);
      throw refused('refresh_token.reused', 'this refresh token was used before, so its session has ended');
    }
    if (rotation.outcome === 'invalid') {
      throw refused('refresh_token.invalid', 'this refresh token is unknown, expired or revoked');
    }
    return this.answer(await this.customer(rotation.customerId), next.secret);
  }

  /** Ends the session of a refresh token, or all of the customer's when none is named. */
  async close(customerId: string, secret: string | undefined): Promise<void> {
    if (secret === undefined) await this.refreshTokens.revokeAll(customerId);
    else await this.refreshTokens.revoke(hashRefreshToken(secret), customerId);
  }

  /** Throws `auth.customer_gone` for a token that outlived its customer. */
  async customer(id: string): Promise<Customer> {
    const customer = await this.customers.find(id);
    if (customer === undefined) throw refused('auth.customer_gone', 'this customer does not exist any more');
    return customer;
  }

  private answer(customer: Customer, refreshToken: string): SessionResponse {
    return {
      access_token: this.accessTokens.issue(customer),
      token_type: 'Bearer',
      expires_in: this.accessTokens.lifetimeSeconds,
      refresh_token: refreshToken,
      customer: CustomerResponse.of(customer),
    };
  }

  private async record(action: string, customerId: string): Promise<void> {
    const correlationId = RequestContext.current()?.correlationId;
    await this.audit.record({ customerId, action, subject: customerId, correlationId });
  }
}

/** PostgreSQL has no NUL in texts; an address with one belongs to nobody all the same. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}');
}

function refused(code: string, message: string): AppError {
  return AppError.terminal(code, message, { httpStatus: 401, hint: 'Log in again.' });
}
