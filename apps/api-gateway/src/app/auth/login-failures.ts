import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';

const WINDOW_MS = 60_000;
/** Beyond this many addresses the oldest are forgotten: guessing at so many, an attacker has few tries at each. */
const REMEMBERED = 50_000;

interface Failures {
  count: number;
  /** Milliseconds since the epoch. */
  readonly forgottenAt: number;
}

/** Guards one customer's password, from however many addresses it is guessed at. */
@Injectable()
export class LoginFailures {
  /** By e-mail address; the oldest first, as a Map keeps them. */
  private readonly byEmail = new Map<string, Failures>();

  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  /**
   * Logs in, unless that failed too often. An attempt counts from its beginning, so that many at once get no more tries;
   * what failed for another reason than the password is taken back. Throws `auth.too_many_failures` or what `logIn` throws.
   */
  async guard<Session>(email: string, logIn: () => Promise<Session>): Promise<Session> {
    this.begin(email);
    try {
      const session = await logIn();
      this.byEmail.delete(email);
      return session;
    } catch (error) {
      const known = this.byEmail.get(email);
      if (known !== undefined && !isWrongPassword(error)) known.count -= 1;
      throw error;
    }
  }

  private begin(email: string): void {
    const now = Date.now();
    const known = this.byEmail.get(email);
    if (known === undefined || known.forgottenAt <= now) return this.remember(email, now);
    if (known.count >= this.config.LOGIN_FAILURES_PER_MINUTE) throw tooMany(known.forgottenAt - now);
    known.count += 1;
  }

  private remember(email: string, now: number): void {
    this.byEmail.delete(email);
    this.byEmail.set(email, { count: 1, forgottenAt: now + WINDOW_MS });
    const [oldest] = this.byEmail.keys();
    if (this.byEmail.size > REMEMBERED && oldest !== undefined) this.byEmail.delete(oldest);
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof AppError && error.code === 'auth.wrong_credentials';
}

function tooMany(forMs: number): AppError {
  return AppError.retryable('auth.too_many_failures', 'too many log-ins with this address have failed', {
    httpStatus: 429,
    hint: 'Wait as long as Retry-After says.',
    facts: { retry_after_seconds: Math.ceil(forMs / 1000) },
  });
}
