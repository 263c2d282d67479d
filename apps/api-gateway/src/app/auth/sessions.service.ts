import { Inject, Injectable } from '@nestjs/common';
import {
  AuditLogRepository,
  auditWrite,
  CustomerRepository,
  RefreshTokenRepository,
} from '@saasodoo/identity/data-access';
import {
  type Actor,
  type Customer,
  hashRefreshToken,
  newRefreshToken,
  normaliseEmail,
} from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import { isEmail } from 'class-validator';
import { DataSource } from 'typeorm';
import { isPrintable } from '../http/is-printable';
import { AccessTokens } from './access-tokens';
import { CustomerResponse } from './customer.response';
import type { LoginRequest } from './login.request';
import { Passwords } from './passwords';
import type { SessionResponse } from './session.response';

/** Log-ins: a short access token and a family of refresh tokens each. */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CustomerRepository) private readonly customers: CustomerRepository,
    @Inject(RefreshTokenRepository) private readonly refreshTokens: RefreshTokenRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
  ) {}

  /** Throws `auth.wrong_credentials`, which does not say whether the address is known. */
  async open({ email, password }: LoginRequest, address: string): Promise<SessionResponse> {
    const found = await this.customers.findByEmail(storable(normaliseEmail(email)));
    const matches = await this.passwords.verify(password, found?.passwordHash);
    if (found === undefined || !matches) {
      await this.recordFailure(email, found?.customer.id, address);
      throw AppError.terminal('auth.wrong_credentials', 'e-mail address and password do not match', {
        httpStatus: 401,
      });
    }
    const token = newRefreshToken();
    const { id: customerId, role } = found.customer;
    const { refreshLifetimeSeconds: lifetimeSeconds } = this.accessTokens;
    const actor: Actor = { customerId, role, address };
    await this.refreshTokens.openFamily({ customerId, hash: token.hash, lifetimeSeconds }, [
      auditWrite({ actor, action: 'session.open', subject: customerId }),
    ]);
    return this.answer(found.customer, token.secret);
  }

  /** Throws `refresh_token.invalid`, or `refresh_token.reused` once, which ends the whole family. */
  async refresh(secret: string, address: string): Promise<SessionResponse> {
    const next = newRefreshToken();
    const rotation = await this.refreshTokens.rotate(hashRefreshToken(secret), next.hash);
    if (rotation.outcome === 'reused') {
      const { customerId } = rotation;
      const action = 'refresh_token.reused';
      await this.audit.recordAlone({ action, customerId, subject: customerId, result: action, address });
      throw refused('refresh_token.reused', 'this refresh token was used before, so its session has ended');
    }
    if (rotation.outcome === 'invalid') {
      throw refused('refresh_token.invalid', 'this refresh token is unknown, expired or revoked');
    }
    return this.answer(await this.customer(rotation.customerId), next.secret);
  }

  /** Ends the session of a refresh token, or all of the customer's when none is named. */
  async close(actor: Actor, secret: string | undefined): Promise<void> {
    const { customerId } = actor;
    const sessions = secret === undefined ? 'all' : 'one';
    const audit = auditWrite({ actor, action: 'session.close', subject: customerId, after: { sessions } });
    if (secret !== undefined) return this.refreshTokens.revoke(hashRefreshToken(secret), customerId, [audit]);
    await this.refreshTokens.revokeAll(this.dataSource.manager, customerId, 'logout', [audit]);
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

  /** What was typed is kept only when it is an address: somebody may have typed their password into the wrong field. */
  private async recordFailure(email: string, customerId: string | undefined, address: string): Promise<void> {
    const typed = normaliseEmail(email);
    await this.audit.recordAlone({
      action: 'session.open',
      subject: customerId ?? (isStorableEmail(typed) ? typed : 'not an e-mail address'),
      result: 'auth.wrong_credentials',
      address,
      ...(customerId === undefined ? {} : { customerId }),
    });
  }
}

function isStorableEmail(text: string): boolean {
  return isPrintable(text) && isEmail(text);
}

/** PostgreSQL has no NUL in texts; an address with one belongs to nobody all the same. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}');
}

function refused(code: string, message: string): AppError {
  return AppError.terminal(code, message, { httpStatus: 401, hint: 'Log in again.' });
}
