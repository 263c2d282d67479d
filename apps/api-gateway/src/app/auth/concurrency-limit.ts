import { AppError } from '@saasodoo/kernel';

export interface ConcurrencyLimits {
  /** How many run at once. */
  readonly running: number;
  /** How many more may wait; beyond that work is refused. */
  readonly waiting: number;
}

/** Keeps costly work from taking the whole machine. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: ConcurrencyLimits) {}

  /** Throws `server.busy` when too many are waiting already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.limits.running) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.limits.waiting) throw busy();
    // Whoever leaves hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}

function busy(): AppError {
  return AppError.retryable('server.busy', 'too many people are logging in right now', {
    httpStatus: 503,
    hint: 'Try again in a few seconds.',
    facts: { retry_after_seconds: 5 },
  });
}
