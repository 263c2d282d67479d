import type { HealthState, WatchedInstance } from '@saasodoo/instances/domain';
import type { HealthFacts } from '@saasodoo/swarm';
import type { ProbeResult } from './probe-result';

/** Everything that one look shows of an instance. */
export interface InstanceSight extends HealthFacts {
  readonly instance: WatchedInstance;
  readonly probeOf: (taskId: string) => ProbeResult | undefined;
  /** What was thought of it before this look. */
  readonly before?: HealthState;
  /** How long Odoo may take to its first answer. */
  readonly startMs: number;
}
