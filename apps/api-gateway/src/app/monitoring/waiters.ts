/** News may be missed: who waits looks this often all the same. */
const LOOK_EVERY_MS = 2_000;

/** Who waits for news of a customer's instances. */
export class Waiters {
  private readonly waiting = new Map<string, Set<() => void>>();

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** Resolves with the next news, after a while without any, or when `ended` aborts. */
  next(customerId: string, ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(customerId) ?? new Set();
      const wake = (): void => {
        clearTimeout(timer);
        ended.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0 && this.waiting.get(customerId) === waiting) this.waiting.delete(customerId);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_EVERY_MS);
      ended.addEventListener('abort', wake, { once: true });
      this.waiting.set(customerId, waiting.add(wake));
    });
  }

  wake(customerId: string): void {
    this.waiting.get(customerId)?.forEach((wake) => wake());
  }

  wakeAll(): void {
    for (const customerId of [...this.waiting.keys()]) this.wake(customerId);
  }
}
