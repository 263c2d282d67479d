import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';

const RETRY_AFTER_SECONDS = 5;

/** Each customer may have so many streams and waits open, so that none takes all connections. */
@Injectable()
export class WatchPlaces {
  private readonly taken = new Map<string, number>();

  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  /** Takes a place for as long as `until` has not aborted. Throws `operation_watch.too_many`. */
  take(customerId: string, until: AbortSignal): void {
    if (until.aborted) return;
    const taken = this.taken.get(customerId) ?? 0;
    if (taken >= this.config.WATCHES_PER_CUSTOMER) throw tooMany(taken);
    this.taken.set(customerId, taken + 1);
    until.addEventListener('abort', () => this.giveBack(customerId), { once: true });
  }

  private giveBack(customerId: string): void {
    const left = (this.taken.get(customerId) ?? 0) - 1;
    if (left > 0) this.taken.set(customerId, left);
    else this.taken.delete(customerId);
  }
}

function tooMany(open: number): AppError {
  return AppError.retryable('operation_watch.too_many', `you watch ${open} operations already`, {
    httpStatus: 429,
    hint: 'Close a stream or await the end of a wait, or ask without waiting.',
    facts: { retry_after_seconds: RETRY_AFTER_SECONDS },
  });
}
