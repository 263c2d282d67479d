import type { RetentionPolicy } from './retention';

/** When an instance is backed up by itself, and how many of those backups are kept. */
export interface BackupSchedule extends RetentionPolicy {
  readonly instanceId: string;
  readonly enabled: boolean;
  /** Of the day, UTC. */
  readonly hour: number;
  readonly nextAt: Date;
  /** In a row; 0 after one that succeeded. */
  readonly failures: number;
}

const FIRST_RETRY_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;

/** When a scheduled backup that failed is tried again, unless its time comes sooner. Pure. */
export function retryBackupAt(failedAt: Date, failures: number): Date {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));
  return new Date(failedAt.getTime() + delay);
}

/** The minute of the hour at which an instance has its turn, so that not all of them begin at once. Pure. */
export function backupMinute(instanceId: string): number {
  return parseInt(instanceId.replaceAll('-', '').slice(-6), 16) % 60;
}
