import type { Finding, KindCounts } from '../reap/finding';
import type { Alarm } from './alarm';

export interface RunCounts {
  readonly kinds: Readonly<Record<string, KindCounts>>;
  /** Due, and left for a later run by one of the caps. */
  readonly postponed: number;
  /** Rows removed, by table. */
  readonly pruned: Readonly<Record<string, number>>;
  /** Messages brought into PostgreSQL out of the broker's parked queues. */
  readonly dead_letters_collected: number;
}

/** What a run of the janitor found and did; as it is stored, and as it is answered. */
export interface RunReport {
  readonly id: string;
  readonly started_at: string;
  readonly ended_at: string;
  /** Nothing was done: the findings say what would have been. */
  readonly dry_run: boolean;
  readonly alarm: Alarm | null;
  readonly counts: RunCounts;
  readonly findings: readonly Finding[];
}
