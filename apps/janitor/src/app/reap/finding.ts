import type { ErrorRecord } from '@saasodoo/kernel';

export type ReapAction = 'tombstone' | 'quarantine' | 'remove' | 'release' | 'vanished';

/** `list` and `prune` are reported only when they fail. */
export type FindingAction = ReapAction | 'list' | 'prune' | 'collect';

/** One thing that a run did, would do, or could not do. */
export interface Finding {
  readonly action: FindingAction;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly owner_id: string | null;
  /** Why, in words. */
  readonly reason: string;
  /** What stopped it; it is tried again in the next run. */
  readonly error: ErrorRecord | null;
}

/** Things of one kind: how many there are, how many of them nobody owns, and what was done. */
export interface KindCounts {
  readonly there: number;
  readonly unowned: number;
  readonly tombstone: number;
  readonly quarantine: number;
  readonly remove: number;
  readonly release: number;
  readonly failed: number;
}
