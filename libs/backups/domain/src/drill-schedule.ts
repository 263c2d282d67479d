/** A complete backup that could be drilled now. */
export interface DrillCandidate {
  readonly id: string;
  readonly instanceId: string;
  readonly completedAt: Date;
  readonly drilledAt?: Date;
  /** The last drill since then said nothing about it, and how often in a row. */
  readonly putOffAt?: Date;
  readonly putOffTimes?: number;
}

/** How the drills of the schedule went so far. */
export interface DrillPace {
  /** Of the first complete backup: the first drill comes that much later. `undefined` when there is none. */
  readonly firstBackupAt?: Date;
  readonly lastResultAt?: Date;
  readonly lastPutOffAt?: Date;
  readonly underWay: number;
}

export interface DrillPolicy {
  /** 0: none by themselves. */
  readonly everyMs: number;
  /** So many in that time, spread over it. */
  readonly sample: number;
}

const FIRST_RETRY_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 24 * 3_600_000;

/** When a backup whose drill was put off so often in a row has its turn again. Pure. */
export function drillRetryAt(putOffAt: Date, times: number): Date {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, times - 1));
  return new Date(putOffAt.getTime() + delay);
}

/**
 * Whether the schedule is to drill one more backup now: one at a time, evenly spread. One that was put off does not count,
 * but what was in its way is given a while. Pure.
 */
export function isDrillDue(pace: DrillPace, { everyMs, sample }: DrillPolicy, now: Date): boolean {
  const since = pace.lastResultAt ?? pace.firstBackupAt;
  if (everyMs === 0 || pace.underWay > 0 || since === undefined) return false;
  const pause = everyMs / sample;
  const waited = (date: Date | undefined): number => now.getTime() - (date?.getTime() ?? -Infinity);
  return waited(since) >= pause && waited(pace.lastPutOffAt) >= Math.min(pause, FIRST_RETRY_MS);
}

/**
 * The backup to drill: the newest one of an instance before older ones, never drilled before drilled, and among equals that
 * of the instance that has waited longest. When all were drilled, the one whose drill is longest ago. Pure.
 */
export function chooseDrill<C extends DrillCandidate>(candidates: readonly C[], now: Date): C | undefined {
  const newest = newestOfEach(candidates);
  const lastTries = lastTryOfEach(candidates);
  const ranked = candidates
    .filter((candidate) => isItsTurn(candidate, now))
    .map((candidate) => {
      const { id, instanceId, drilledAt, completedAt } = candidate;
      const rank = drilledAt !== undefined ? 2 : newest.get(instanceId)?.id === id ? 0 : 1;
      const waitsSince = rank === 2 ? lastTryOf(candidate) : (lastTries.get(instanceId) ?? -Infinity);
      return { candidate, order: [rank, waitsSince, -completedAt.getTime()] };
    });
  return ranked.toSorted((one, other) => compare(one.order, other.order))[0]?.candidate;
}

function isItsTurn({ putOffAt, putOffTimes = 1 }: DrillCandidate, now: Date): boolean {
  return putOffAt === undefined || drillRetryAt(putOffAt, putOffTimes) <= now;
}

function newestOfEach<C extends DrillCandidate>(candidates: readonly C[]): ReadonlyMap<string, C> {
  const newest = new Map<string, C>();
  for (const candidate of candidates) {
    const known = newest.get(candidate.instanceId);
    if (known === undefined || known.completedAt < candidate.completedAt) {
      newest.set(candidate.instanceId, candidate);
    }
  }
  return newest;
}

function lastTryOfEach(candidates: readonly DrillCandidate[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const candidate of candidates) {
    const known = last.get(candidate.instanceId) ?? -Infinity;
    last.set(candidate.instanceId, Math.max(known, lastTryOf(candidate)));
  }
  return last;
}

function lastTryOf({ drilledAt, putOffAt }: DrillCandidate): number {
  return Math.max(drilledAt?.getTime() ?? -Infinity, putOffAt?.getTime() ?? -Infinity);
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? 0;
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}
