import { type SwarmNode } from '../nodes/swarm-node';
import { type SwarmService } from '../services/swarm-service';
import { type SwarmTask } from '../tasks/swarm-task';

/** Stable codes: they are stored, shown and compared. */
export const HEALTH_REASONS = [
  /** Healthy: a task has been running for more than 10 seconds. */
  'Running',
  /** The first task is starting, or a task runs but not yet for 10 seconds. */
  'Settling',
  /** A task is to follow one that ended or failed once. */
  'Restarting',
  /** No node fits, or no address is left. */
  'TaskPending',
  /** It failed again and again, or nothing is tried any more. */
  'TaskFailed',
  /** It could not be started: its image, a directory or its command. */
  'TaskRejected',
  'OutOfMemory',
  /** The node of its task is gone, and no other has taken over. */
  'NodeDown',
  /** There is none: scaled to 0, or just created. */
  'NoTask',
  'NoService',
] as const;

export type HealthReason = (typeof HEALTH_REASONS)[number];

export interface ServiceHealth {
  readonly healthy: boolean;
  readonly reason: HealthReason;
  /** A sentence, in Docker's own words where it has any. The same as long as nothing changes. */
  readonly message: string;
  /** The task the reason is about. */
  readonly task: SwarmTask | undefined;
  /**
   * Tasks that failed, were rejected or ended by themselves within the last 10 minutes, newest first, whatever their
   * revision. Swarm remembers a few tasks only: who counts them must remember their ids.
   */
  readonly failures: readonly SwarmTask[];
}

export interface HealthFacts {
  /** `undefined` when there is none. */
  readonly service: SwarmService | undefined;
  /** All tasks of the service. */
  readonly tasks: readonly SwarmTask[];
  /** All nodes of the Swarm. */
  readonly nodes: readonly SwarmNode[];
  readonly now: Date;
  /**
   * Ids of containers that are known to have been killed for want of memory: from events `oom`, or from
   * `SwarmTasks.outOfMemory`. Tasks themselves do not tell: exit code 137 is any kill.
   */
  readonly outOfMemory?: ReadonlySet<string> | undefined;
}
