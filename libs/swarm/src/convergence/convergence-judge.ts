import { hasFailed, isTerminal, type SwarmTask } from '../tasks/swarm-task';
import { BlockedWatch } from './blocked-watch';
import { classifyTask, type TaskFailure } from './task-failure';

export interface Wanted {
  readonly revision: number;
  readonly replicas: number;
  readonly stableMs: number;
  readonly blockedGraceMs: number;
  readonly maxFailures: number;
}

export type Verdict =
  | { readonly kind: 'converged'; readonly task: SwarmTask }
  | { readonly kind: 'failed'; readonly task: SwarmTask; readonly failure: TaskFailure }
  | { readonly kind: 'waiting'; readonly progress: string };

/**
 * Decides from successive looks at a service's tasks. Only tasks count: Swarm's own UpdateStatus says `completed` with
 * nothing running, and `updating` for ever when no node fits.
 */
export class ConvergenceJudge {
  private readonly failures = new Set<string>();
  private readonly blocked: BlockedWatch;
  private stable: { readonly tasks: string; readonly sinceMs: number } | undefined;

  constructor(private readonly wanted: Wanted) {
    this.blocked = new BlockedWatch(wanted.blockedGraceMs);
  }

  /** `tasks` are all of the service, newest first; `nowMs` never goes back. */
  judge(tasks: readonly SwarmTask[], nowMs: number): Verdict {
    const mine = tasks.filter((task) => task.revision === this.wanted.revision);
    const older = tasks.filter((task) => task.revision !== this.wanted.revision && !isTerminal(task));
    const running = mine.filter((task) => task.desiredState === 'running' && task.state === 'running');
    const [first] = running;
    if (first !== undefined && running.length >= this.wanted.replicas && older.length === 0) {
      if (nowMs - this.stableSince(running, nowMs) >= this.wanted.stableMs)
        return { kind: 'converged', task: first };
      return { kind: 'waiting', progress: 'running: watching whether it stays' };
    }
    this.stable = undefined;
    return (
      this.failed(mine) ?? this.stuck(mine, nowMs) ?? { kind: 'waiting', progress: progress(mine, older) }
    );
  }

  /** Since when these very tasks run: between two looks one may have ended and another begun. */
  private stableSince(running: readonly SwarmTask[], nowMs: number): number {
    const tasks = running.map((task) => task.id).join();
    if (this.stable?.tasks !== tasks) this.stable = { tasks, sinceMs: nowMs };
    return this.stable.sinceMs;
  }

  private failed(mine: readonly SwarmTask[]): Verdict | undefined {
    for (const task of mine.filter(hasFailed)) {
      const failure = classifyTask(task);
      this.failures.add(task.id);
      if (failure.permanent || this.failures.size >= this.wanted.maxFailures)
        return { kind: 'failed', task, failure };
    }
    return undefined;
  }

  private stuck(mine: readonly SwarmTask[], nowMs: number): Verdict | undefined {
    for (const task of mine.filter((one) => one.desiredState === 'running')) {
      const failure = this.blocked.givenUp(task, nowMs);
      if (failure !== undefined) return { kind: 'failed', task, failure };
    }
    return undefined;
  }
}

function progress(mine: readonly SwarmTask[], older: readonly SwarmTask[]): string {
  const [newest] = mine;
  if (newest === undefined) return older.length > 0 ? 'the previous task is ending' : 'no task yet';
  return describeTask(newest);
}

/** `pending: no suitable node (…)`. */
export function describeTask(task: SwarmTask): string {
  return task.error === '' ? task.state : `${task.state}: ${task.error}`;
}
