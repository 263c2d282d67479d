import type { ErrorRecord } from '@saasodoo/kernel';

export const drillStatuses = ['passed', 'failed'] as const;
export type DrillStatus = (typeof drillStatuses)[number];

/** What came of restoring a backup in a throw-away place. As it rests in the backup's row. */
export interface DrillResult {
  readonly status: DrillStatus;
  /** When it was known, ISO 8601. */
  readonly at: string;
  readonly operation_id: string;
  /** The schedule wanted it, and nobody in person. */
  readonly scheduled: boolean;
  /** From the beginning of the work to Odoo's answer, or to the failure. */
  readonly duration_ms: number;
  /** Read from where backups are kept; absent when it did not come so far, as the two below. */
  readonly restored_bytes?: number;
  readonly rows?: number;
  readonly files?: number;
  readonly error?: ErrorRecord;
}

/** Why the last drill said nothing about the backup, and how often in a row that was so. */
export interface DrillDelay {
  readonly at: string;
  readonly scheduled: boolean;
  readonly times: number;
  readonly error: ErrorRecord;
}

export interface BackupDrill {
  readonly result?: DrillResult;
  /** Only while there is no later result. */
  readonly put_off?: DrillDelay;
}

/** These say something of the place or of what else was wanted meanwhile, and nothing of the backup. */
const NOT_THE_BACKUP: readonly RegExp[] = [
  /^operation\./,
  /^instance\./,
  /^storage\./,
  /^database(_server)?\./,
  // What a container ends with is its own; what keeps it from running is the Swarm's.
  /^swarm\.(?!exited$|job_timeout$)/,
  /^odoo_version\./,
  // The backup was deleted, or its instance changed, since the drill was asked for.
  /^backup\.(not_found|not_completed|foreign|version_differs|destination_\w+)$/,
  // Nobody classified it: a disk that is full, a file that cannot be opened.
  /^internal$/,
];

/** A step that took longer than it may. */
const TOO_SLOW = 'operation.step_timed_out';

/**
 * What an ended drill says of its backup: an Odoo that answered is all that counts, whatever was in the way afterwards;
 * `put off` says nothing, and is tried again. Pure.
 */
export function judgeDrill({
  answered,
  error,
}: {
  readonly answered: boolean;
  readonly error?: Pick<ErrorRecord, 'code'>;
}): DrillStatus | 'put off' {
  if (answered) return 'passed';
  const { code = TOO_SLOW } = error ?? {};
  if (code === TOO_SLOW) return 'failed';
  return NOT_THE_BACKUP.some((pattern) => pattern.test(code)) ? 'put off' : 'failed';
}
