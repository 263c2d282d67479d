import { AppError, systemClock } from '@saasodoo/kernel';
import { BlockedWatch } from '../convergence/blocked-watch';
import { type Convergence } from '../convergence/convergence';
import { describeTask } from '../convergence/convergence-judge';
import { logTail, reportFailure } from '../convergence/failure-report';
import { classifyTask } from '../convergence/task-failure';
import { Wait } from '../convergence/wait';
import { type ServiceSpec } from '../services/service-spec';
import { type ServiceRef } from '../services/swarm-service';
import { type SwarmServices } from '../services/swarm-services';
import { type SwarmTask } from '../tasks/swarm-task';
import { type SwarmTasks } from '../tasks/swarm-tasks';

const BLOCKED_GRACE_MS = 15_000;
const REMOVED_WITHIN_MS = 65_000;

export interface JobOptions {
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface JobResult {
  readonly exitCode: number;
  /** The last 20 lines the container wrote. */
  readonly logTail: readonly string[];
}

/**
 * One-off jobs: containers that are meant to end. Each is an ordinary service that is never restarted, because engines
 * below 23.0.2 leave tasks and containers of Swarm's own job mode behind.
 */
export class SwarmJobs {
  constructor(
    private readonly services: SwarmServices,
    private readonly tasks: SwarmTasks,
    private readonly convergence: Convergence,
  ) {}

  /**
   * Runs the spec's container to its end and removes the service. Called again with the same name and owner labels it
   * joins the job that runs or has just ended. When the signal aborts, the job goes on and can be joined later; in every
   * other case nothing of it is left.
   * Throws Docker's reason as `awaitConverged` does; a non-zero exit is `swarm.exited` with facts `exitCode` and
   * `logTail`; `swarm.job_timeout` at the deadline.
   */
  async run(spec: ServiceSpec, options: JobOptions): Promise<JobResult> {
    const job = await this.services.create(
      { ...spec, replicas: 1, restartPolicy: { condition: 'none' } },
      { signal: options.signal },
    );
    try {
      return await this.awaitEnd(job, options);
    } finally {
      if (options.signal?.aborted !== true) await this.clear(job, spec);
    }
  }

  private async awaitEnd(job: ServiceRef, { withinMs, signal, onProgress }: JobOptions): Promise<JobResult> {
    const blocked = new BlockedWatch(BLOCKED_GRACE_MS);
    let progress = '';
    for (const wait = new Wait(systemClock, withinMs); ; await wait.next(signal)) {
      const [task] = (await this.tasks.ofService(job.id, signal)) ?? jobGone(job);
      const result = task === undefined ? undefined : await this.resultOf(task, blocked, signal);
      if (result !== undefined) return result;
      const now = task === undefined ? 'no task yet' : describeTask(task);
      if (now !== progress) onProgress?.(now);
      progress = now;
      if (wait.over()) throw jobTimeout(job, withinMs, progress);
    }
  }

  private async resultOf(
    task: SwarmTask,
    blocked: BlockedWatch,
    signal: AbortSignal | undefined,
  ): Promise<JobResult | undefined> {
    if (task.state === 'complete')
      return { exitCode: 0, logTail: await logTail(this.tasks, task.id, signal) };
    const ended = task.state === 'failed' || task.state === 'rejected';
    const failure = ended ? classifyTask(task) : blocked.givenUp(task, systemClock.now().getTime());
    if (failure !== undefined) throw await reportFailure(this.tasks, { task, failure }, signal);
    return undefined;
  }

  /** Removed and its container ended: whoever comes next may use what the job wrote to. */
  private async clear(job: ServiceRef, { labels }: ServiceSpec): Promise<void> {
    await this.services.remove(job.id);
    await this.convergence.awaitGone(job.id, { withinMs: REMOVED_WITHIN_MS, labels });
  }
}

function jobGone(job: ServiceRef): never {
  throw AppError.retryable('swarm.service_gone', `job ${job.name} was removed before its end was seen`, {
    hint: 'It is run again at the next attempt.',
    facts: { serviceId: job.id },
  });
}

function jobTimeout(job: ServiceRef, withinMs: number, progress: string): AppError {
  return AppError.terminal(
    'swarm.job_timeout',
    `job ${job.name} did not end within ${withinMs} ms: ${progress}`,
    {
      hint: 'It was ended. Allow more time, or look into what it waits for.',
      facts: { serviceId: job.id, withinMs, progress },
    },
  );
}
