import type { HealthState } from './observation';

/** An entry of the condition history. */
export interface ConditionChange {
  /** Grows with time, over all instances. */
  readonly sequence: number;
  readonly instanceId: string;
  readonly type: string;
  readonly status: HealthState;
  readonly reason: string;
  readonly message: string;
  readonly happenedAt: Date;
}
