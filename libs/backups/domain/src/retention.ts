/** How many backups are kept: the newest of so many days, weeks and months. Days are UTC days, weeks begin on Monday. */
export interface RetentionPolicy {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export interface RetainedBackup {
  readonly id: string;
  readonly createdAt: Date;
}

const DAY_MS = 86_400_000;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_DAY = 4;

/**
 * The backups that nobody needs any more, oldest first. All given ones are complete; the newest one always stays, so that
 * nothing is removed for the sake of something that is not there. Pure.
 */
export function backupsToPrune<B extends RetainedBackup>(
  backups: readonly B[],
  { daily, weekly, monthly }: RetentionPolicy,
): B[] {
  const newestFirst = backups.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  const kept = new Set<B>([
    ...newestFirst.slice(0, 1),
    ...newestOfEach(newestFirst, dayOf, daily),
    ...newestOfEach(newestFirst, weekOf, weekly),
    ...newestOfEach(newestFirst, monthOf, monthly),
  ]);
  return newestFirst.filter((backup) => !kept.has(backup)).reverse();
}

/** The newest backup of each of the last `count` periods that have one. */
function newestOfEach<B extends RetainedBackup>(
  newestFirst: readonly B[],
  periodOf: (date: Date) => number,
  count: number,
): B[] {
  const newest = new Map<number, B>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.createdAt);
    if (!newest.has(period)) newest.set(period, backup);
  }
  return [...newest.values()].slice(0, count);
}

function dayOf(date: Date): number {
  return Math.floor(date.getTime() / DAY_MS);
}

function weekOf(date: Date): number {
  return Math.floor((dayOf(date) - FIRST_MONDAY_DAY) / 7);
}

function monthOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The next time it is `hour` o'clock (UTC), and some minutes that differ from instance to instance. Pure. */
export function nextBackupAt(
  after: Date,
  { hour, minute }: { readonly hour: number; readonly minute: number },
): Date {
  const next = new Date(after);
  next.setUTCHours(hour, minute, 0, 0);
  if (next.getTime() <= after.getTime()) next.setUTCDate(next.getUTCDate() + 1);
  return next;
}
