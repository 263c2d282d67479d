/**
 * Delay before attempt `attempt + 1`: doubles from `firstMs` up to `maxMs`, then ±20 % so that a crowd spreads out.
 * `random` answers in [0, 1).
 */
export function backoff(
  attempt: number,
  firstMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (0.8 + 0.4 * random()));
}
