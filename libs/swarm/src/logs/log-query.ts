import { type LogOptions } from './log-line';

const MOST_LINES = 10_000;

/** How many lines of the past are asked for. */
export function tailOf({ tail = 100 }: LogOptions): number {
  return Math.min(tail, MOST_LINES);
}

/** Both streams with their times, as the engine is asked for them. */
export function logQuery(options: LogOptions): Record<string, string> {
  const { since, details = false } = options;
  return {
    stdout: 'true',
    stderr: 'true',
    timestamps: 'true',
    tail: String(tailOf(options)),
    ...(details ? { details: 'true' } : {}),
    ...(since === undefined ? {} : { since: String(since.getTime() / 1000) }),
  };
}
