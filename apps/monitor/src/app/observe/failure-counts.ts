import type { SwarmTask } from '@saasodoo/swarm';

const RECENT_MS = 600_000;

/** Counts the tasks that failed within the last ten minutes: Swarm itself remembers only the last few. */
export class FailureCounts {
  private readonly seen = new Map<string, Map<string, number>>();

  /** Adds what this look shows and answers how many there are. */
  count(instanceId: string, failures: readonly SwarmTask[], now: Date): number {
    const tasks = this.seen.get(instanceId) ?? new Map<string, number>();
    for (const task of failures) tasks.set(task.id, task.stateSince.getTime());
    for (const [id, failedAt] of tasks) if (now.getTime() - failedAt > RECENT_MS) tasks.delete(id);
    if (tasks.size === 0) this.seen.delete(instanceId);
    else this.seen.set(instanceId, tasks);
    return tasks.size;
  }
}
