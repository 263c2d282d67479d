import { type Clock } from '@saasodoo/kernel';

const EAGER_MS = 50;
const EAGER_FOR_MS = 3_000;
const PATIENT_MS = 250;

/** One wait: looks eagerly at first, patiently later, and knows its deadline. */
export class Wait {
  private readonly startedMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly withinMs: number,
  ) {
    this.startedMs = clock.now().getTime();
  }

  over(): boolean {
    return this.elapsed() >= this.withinMs;
  }

  /** Throws the signal's own reason when it aborts. */
  async next(signal: AbortSignal | undefined): Promise<void> {
    const left = Math.max(1, this.withinMs - this.elapsed());
    try {
      await this.clock.sleep(Math.min(pollInterval(this.elapsed()), left), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  private elapsed(): number {
    return this.clock.now().getTime() - this.startedMs;
  }
}

/** How long to wait before the next look, after waiting `elapsedMs`: most changes come within seconds or take long. */
function pollInterval(elapsedMs: number): number {
  return elapsedMs < EAGER_FOR_MS ? EAGER_MS : PATIENT_MS;
}
