/** In the order a task goes through them; it never goes back. */
export const TASK_STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** One attempt of Swarm to run a service's container. */
export interface SwarmTask {
  readonly id: string;
  readonly serviceId: string;
  /** Absent until the scheduler has chosen one. */
  readonly nodeId: string | undefined;
  readonly desiredState: TaskState;
  readonly state: TaskState;
  /** The service's revision this task was made of. */
  readonly revision: number;
  /** Docker's own words when it failed or waits; empty when there is nothing to say. */
  readonly error: string;
  readonly exitCode: number | undefined;
  readonly containerId: string | undefined;
  readonly createdAt: Date;
  /** When `state` was reached. */
  readonly stateSince: Date;
  /** Addresses with prefix length (`10.0.1.5/24`) by network id. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly reservations: { readonly cpus: number; readonly memoryBytes: number };
}

/** True when the task's process has ended, or never began and never will. */
export function isTerminal(task: SwarmTask): boolean {
  return TASK_STATES.indexOf(task.state) >= TASK_STATES.indexOf('complete');
}

/** `complete` counts too: what ends is no service. A task that was stopped is `shutdown` and no failure. */
export function hasFailed({ state }: Pick<SwarmTask, 'state'>): boolean {
  return state === 'failed' || state === 'rejected' || state === 'complete';
}
