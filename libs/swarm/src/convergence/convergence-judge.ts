import { isTerminal, type SwarmTask } from '../tasks/swarm-task';
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
  private runningSince: number | undefined;

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
      this.runningSince ??= nowMs;
      if (nowMs - this.runningSince >= this.wanted.stableMs) return { kind: 'converged', task: first };
      return { kind: 'waiting', progress: 'running: watching whether it stays' };
    }
    this.runningSince = undefined;
    return (
      this.failed(mine) ?? this.stuck(mine, nowMs) ?? { kind: 'waiting', progress: progress(mine, older) }
    );
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

/** `complete` counts too: what ends is no service. A task that was stopped is `shutdown` and no failure. */
function hasFailed(task: SwarmTask): boolean {
  return task.state === 'failed' || task.state === 'rejected' || task.state === 'complete';
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
