import { AppError, systemClock } from '@saasodoo/kernel';
import { isTerminal, type SwarmTask } from '../tasks/swarm-task';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { ConvergenceJudge, describeTask, type Verdict } from './convergence-judge';
import { type ConvergeOptions, type FailureOptions, type GoneOptions } from './convergence-options';
import { reportFailure } from './failure-report';
import { Wait } from './wait';

/** Waits until a Swarm is as it was told to be, judged by its tasks alone. */
export class Convergence {
  constructor(private readonly tasks: SwarmTasks) {}

  /**
   * Resolves with a running task of the wanted revision as soon as enough of them run and no older one is alive. With a
   * health check, running means healthy; without one, that the process was started.
   * Throws why it cannot be, in Docker's words: `swarm.image_unavailable`, `swarm.bind_missing`, `swarm.no_suitable_node`,
   * `swarm.address_exhausted`, `swarm.unhealthy`, `swarm.exited`, `swarm.oom`, `swarm.cpu_range`, `swarm.start_failed`,
   * `swarm.service_gone`; at the deadline `swarm.not_converged`.
   */
  async awaitConverged(serviceId: string, options: ConvergeOptions): Promise<SwarmTask> {
    const { signal, onProgress, clock = systemClock } = options;
    const judge = judgeFor(options);
    let progress = '';
    for (const wait = new Wait(clock, options.withinMs); ; await wait.next(signal)) {
      const verdict = await this.look(serviceId, judge, options);
      if (verdict.kind === 'converged') return verdict.task;
      if (verdict.progress !== progress) onProgress?.(verdict.progress);
      progress = verdict.progress;
      if (wait.over()) throw notConverged(serviceId, options.withinMs, progress);
    }
  }

  /**
   * Never resolves; throws as soon as tasks of the revision fail for good, for the same reasons as `awaitConverged`, and
   * the signal's reason when it aborts. Race it against a probe: without a health check a container counts as running
   * from its first moment, and why it ended a second later is known here only.
   */
  async awaitFailure(serviceId: string, options: FailureOptions): Promise<never> {
    const judge = judgeFor(options);
    for (const wait = new Wait(options.clock ?? systemClock, Infinity); ; await wait.next(options.signal)) {
      await this.look(serviceId, judge, options);
    }
  }

  /**
   * Resolves when no process of the service can still be running: after a scale to 0, or after its removal. Tasks that
   * ended may stay listed. Throws `swarm.not_converged` at the deadline.
   */
  async awaitGone(
    serviceId: string,
    { withinMs, signal, labels, clock = systemClock }: GoneOptions,
  ): Promise<void> {
    for (const wait = new Wait(clock, withinMs); ; await wait.next(signal)) {
      const alive = (await this.tasks.list({ serviceId, labels, signal })).filter(
        (task) => !isTerminal(task),
      );
      const [first] = alive;
      if (first === undefined) return;
      if (wait.over())
        throw notConverged(serviceId, withinMs, `${alive.length} tasks remain, ${describeTask(first)}`);
    }
  }

  private async look(
    serviceId: string,
    judge: ConvergenceJudge,
    { signal, clock = systemClock }: FailureOptions,
  ): Promise<Exclude<Verdict, { readonly kind: 'failed' }>> {
    const tasks = await this.tasks.ofService(serviceId, signal);
    if (tasks === undefined) throw serviceGone(serviceId);
    const verdict = judge.judge(tasks, clock.now().getTime());
    if (verdict.kind === 'failed') throw await reportFailure(this.tasks, verdict, signal);
    return verdict;
  }
}

function judgeFor(
  options: FailureOptions & Pick<ConvergeOptions, 'replicas' | 'stableMs'>,
): ConvergenceJudge {
  const { revision, replicas = 1, stableMs = 0, blockedGraceMs = 15_000, maxFailures = 3 } = options;
  return new ConvergenceJudge({ revision, replicas, stableMs, blockedGraceMs, maxFailures });
}

function serviceGone(serviceId: string): AppError {
  return AppError.terminal('swarm.service_gone', `service ${serviceId} was removed while it was waited for`, {
    hint: 'Somebody removed it; create it again if it is still wanted.',
    facts: { serviceId },
  });
}

function notConverged(serviceId: string, withinMs: number, progress: string): AppError {
  return AppError.retryable('swarm.not_converged', `not there after ${withinMs} ms: ${progress}`, {
    hint: 'Is the node overloaded, or the image large? Waiting again goes on where this wait ended.',
    facts: { serviceId, withinMs, progress },
  });
}
