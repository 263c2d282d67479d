import { type Clock, systemClock } from './clock';

export interface UntilOptions {
  readonly withinMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Asks `look` until it answers something other than `undefined`, and resolves with that answer.
 * At the deadline it throws what `onTimeout` makes, so that every wait says what it waited for.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  onTimeout: () => Error,
  { withinMs, everyMs = 100, signal, clock = systemClock }: UntilOptions,
): Promise<T> {
  const deadline = clock.now().getTime() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (clock.now().getTime() + everyMs > deadline) throw onTimeout();
    await clock.sleep(everyMs, signal);
  }
}
