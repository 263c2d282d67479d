import { AppError, systemClock } from '@saasodoo/kernel';
import { type Convergence } from '../convergence/convergence';
import { judgeHealth } from '../health/judge-health';
import { type ServiceHealth } from '../health/service-health';
import { INSTANCE_ID_LABEL, JOB_ID_LABEL, MANAGED_LABEL } from '../labels';
import { type LogLine, type LogOptions } from '../logs/log-line';
import { type SwarmNodes } from '../nodes/swarm-nodes';
import { renew } from '../services/service-edits';
import { type Resources } from '../services/service-spec';
import { type ServiceRevision, type SwarmService } from '../services/swarm-service';
import { type CallOptions, type SwarmServices } from '../services/swarm-services';
import { type SwarmTask } from '../tasks/swarm-task';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { Deadline } from './deadline';
import { type ControlOptions, type ServiceStatus } from './service-status';

const WITHIN_MS = 120_000;
const KILLED = 137;

interface Parts {
  readonly services: SwarmServices;
  readonly tasks: SwarmTasks;
  readonly nodes: SwarmNodes;
  readonly convergence: Convergence;
}

/**
 * Services by their names, and each change with its wait: what returns is so. All but `serviceHealthCheck` throw
 * `swarm.service_unknown` (404) for a name nobody has; those that wait throw as `Convergence` does.
 */
export class ServiceControl {
  constructor(private readonly parts: Parts) {}

  /** The service of exactly this name. */
  async getService(name: string, { signal }: CallOptions = {}): Promise<SwarmService> {
    return (await this.parts.services.getByName(name, { signal })) ?? unknown(name);
  }

  /** The one service with this label; `undefined` when there is none. Throws `swarm.ambiguous_label`. */
  async getServiceByLabel(key: string, value: string): Promise<SwarmService | undefined> {
    return await this.parts.services.getByLabel(key, value);
  }

  async getServiceStatus(name: string, { signal }: CallOptions = {}): Promise<ServiceStatus> {
    const service = await this.getService(name, { signal });
    const tasks = await this.tasksOf(service, signal);
    const running = tasks.filter(
      (task) => task.desiredState === 'running' && task.state === 'running',
    ).length;
    return { service, desired: service.replicas, running, tasks };
  }

  /**
   * Begins as soon as the last task of an earlier run has ended, and resolves with a new task that runs. A service that
   * is started already is waited for, and nothing is changed.
   */
  async startService(name: string, options: ControlOptions = {}): Promise<SwarmTask> {
    const { services, convergence } = this.parts;
    const { withinMs = WITHIN_MS, signal, onProgress } = options;
    const deadline = new Deadline(withinMs);
    const service = await this.getService(name, { signal });
    if (service.replicas > 0) return await this.converged(service, deadline, options);
    onProgress?.('waiting for the end of the previous task');
    const { id, labels } = service;
    await convergence.awaitGone(id, { withinMs: deadline.left(), labels, signal });
    return await this.converged(await services.scale(id, 1, { signal }), deadline, options);
  }

  /** Scales to 0 and resolves when the last task has ended, not when it was told to. */
  async stopService(name: string, options: ControlOptions = {}): Promise<void> {
    const { services, convergence } = this.parts;
    const { withinMs = WITHIN_MS, signal, onProgress } = options;
    const deadline = new Deadline(withinMs);
    const { id, labels } = await this.getService(name, { signal });
    await services.scale(id, 0, { signal });
    onProgress?.('waiting for the end of the task');
    await convergence.awaitGone(id, { withinMs: deadline.left(), labels, signal });
  }

  /**
   * Replaces the task, old one first stopped, and resolves with the new one as soon as it runs. Throws
   * `swarm.service_stopped` (409) when the service is scaled to 0.
   */
  async restartService(name: string, options: ControlOptions = {}): Promise<SwarmTask> {
    const { withinMs = WITHIN_MS, signal } = options;
    const deadline = new Deadline(withinMs);
    const { id } = await this.getService(name, { signal });
    const restarted = await this.parts.services.update(
      id,
      (spec) => {
        if (spec.Mode.Replicated.Replicas === 0) throw isStopped(name);
        renew(spec);
      },
      { signal },
    );
    return await this.converged(restarted, deadline, options);
  }

  /** What its tasks have written, oldest first. Stopped, a service has no logs any more. */
  async getServiceLogs(name: string, options: LogOptions = {}): Promise<LogLine[]> {
    const { id } = await this.getService(name, options);
    return await this.parts.services.logs(id, options);
  }

  /** All services of instances; one-off jobs do not count. */
  async listSaasodooServices({ signal }: CallOptions = {}): Promise<SwarmService[]> {
    const managed = await this.parts.services.list({ labels: { [MANAGED_LABEL]: 'true' }, signal });
    return managed.filter(({ labels }) => INSTANCE_ID_LABEL in labels && !(JOB_ID_LABEL in labels));
  }

  /** Whether the service does what it should, judged as `judgeHealth` does; `NoService` for a name nobody has. */
  async serviceHealthCheck(name: string, { signal }: CallOptions = {}): Promise<ServiceHealth> {
    const { services, nodes } = this.parts;
    const service = await services.getByName(name, { signal });
    const now = systemClock.now();
    if (service === undefined) return judgeHealth({ service, tasks: [], nodes: [], now });
    const [tasks, machines] = await Promise.all([this.tasksOf(service, signal), nodes.list({ signal })]);
    const outOfMemory = await this.outOfMemory(tasks, signal);
    return judgeHealth({ service, tasks, nodes: machines, now, outOfMemory });
  }

  /**
   * Changes limits; what is left out stays. A service that runs gets a new task, which is waited for; of one that is
   * stopped the spec alone is changed, and the answer is `undefined`.
   */
  async updateServiceResources(
    name: string,
    { cpus, memoryBytes }: Resources,
    options: ControlOptions = {},
  ): Promise<SwarmTask | undefined> {
    const { withinMs = WITHIN_MS, signal } = options;
    const deadline = new Deadline(withinMs);
    const { id } = await this.getService(name, { signal });
    const limits = {
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
    };
    const changed = await this.parts.services.updateResources(id, { limits }, { signal });
    return changed.replicas === 0 ? undefined : await this.converged(changed, deadline, options);
  }

  private async converged(
    { id, revision, replicas }: Pick<ServiceRevision, 'id' | 'revision' | 'replicas'>,
    deadline: Deadline,
    { signal, onProgress }: ControlOptions,
  ): Promise<SwarmTask> {
    const withinMs = deadline.left();
    return await this.parts.convergence.awaitConverged(id, {
      revision,
      replicas,
      withinMs,
      signal,
      onProgress,
    });
  }

  private async tasksOf({ id, labels }: SwarmService, signal: AbortSignal | undefined): Promise<SwarmTask[]> {
    return await this.parts.tasks.list({ serviceId: id, labels, signal });
  }

  /** Only the node of a container knows why it was killed; those of other nodes stay unknown. */
  private async outOfMemory(tasks: readonly SwarmTask[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const killed = tasks.filter((task) => task.exitCode === KILLED).flatMap((task) => task.containerId ?? []);
    const starved = await Promise.all(
      killed.map(async (id) => ((await this.parts.tasks.outOfMemory(id, signal)) === true ? [id] : [])),
    );
    return new Set(starved.flat());
  }
}

function unknown(name: string): never {
  throw AppError.terminal('swarm.service_unknown', `there is no service '${name}'`, {
    hint: 'It was removed, or never existed: look at the instance the name is of.',
    facts: { name },
    httpStatus: 404,
  });
}

function isStopped(name: string): AppError {
  return AppError.terminal('swarm.service_stopped', `service ${name} is stopped`, {
    hint: 'Start it instead.',
    facts: { name },
    httpStatus: 409,
  });
}
