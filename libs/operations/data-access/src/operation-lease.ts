import { AppError, type Clock } from '@saasodoo/kernel';
import { Logger } from '@nestjs/common';
import type { Claim, OperationClaims } from './operation-claims';

/**
 * A claim that is kept alive by its own heartbeat. `signal` aborts as soon as the right to act is gone or can no longer
 * be proved: another worker took over, or no renewal came through for a whole lease.
 */
export class OperationLease {
  private readonly logger = new Logger('Operations');
  private readonly loss = new AbortController();
  private readonly end = new AbortController();
  private provedAt: number;

  constructor(
    readonly claim: Claim,
    private readonly claims: OperationClaims,
    private readonly leaseMs: number,
    private readonly clock: Clock,
  ) {
    this.provedAt = clock.now().getTime();
    void this.beat();
    void this.watch();
  }

  get signal(): AbortSignal {
    return this.loss.signal;
  }

  get isLost(): boolean {
    return this.loss.signal.aborted;
  }

  /** Stops all work under this lease; nothing may be written any more. Answers the reason. */
  lose(): AppError {
    const error = AppError.retryable('operation.lease_lost', 'another worker has taken over the operation', {
      facts: { operation_id: this.claim.operationId },
    });
    this.end.abort();
    this.loss.abort(error);
    return error;
  }

  /** Ends the heartbeat; the claim itself stays as it is. */
  close(): void {
    this.end.abort();
  }

  private async beat(): Promise<void> {
    while (await this.pause(this.leaseMs / 3)) {
      const asked = this.clock.now().getTime();
      try {
        if (await this.claims.renew(this.claim)) this.provedAt = asked;
        else if (!this.end.signal.aborted) this.lose();
      } catch (error) {
        this.logger.warn(
          `the lease of operation ${this.claim.operationId} could not be renewed: ${String(error)}`,
        );
      }
    }
  }

  /** Separate from the heartbeat, which may hang on a dead connection for longer than a lease lasts. */
  private async watch(): Promise<void> {
    while (await this.pause(this.provedAt + this.leaseMs - this.clock.now().getTime())) {
      if (this.clock.now().getTime() >= this.provedAt + this.leaseMs) this.lose();
    }
  }

  /** Answers whether the lease is still to be kept. */
  private async pause(milliseconds: number): Promise<boolean> {
    await this.clock.sleep(Math.max(1, milliseconds), this.end.signal).catch(() => undefined);
    return !this.end.signal.aborted;
  }
}
