import { type Answer } from '../connection/answer';
import { type DockerConnection, type EngineRequest } from '../connection/docker-connection';
import { hasCode } from '../connection/engine-error';
import { labelFilter, type Labels } from '../labels';
import { followLogs } from '../logs/follow-logs';
import { type FollowOptions, type LogLine, type LogOptions } from '../logs/log-line';
import { readLogs } from '../logs/read-logs';
import { swarmId } from '../swarm-id';
import { type ContainerUsage, toUsage } from './container-usage';
import { isTerminal, type SwarmTask } from './swarm-task';
import { toTask } from './task-answer';

export interface TaskFilter {
  readonly serviceId: string;
  /** Labels of the service, which narrow the search once the service itself is gone. */
  readonly labels?: Labels | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The tasks of a Swarm: what really runs, and why it does not. */
export class SwarmTasks {
  constructor(private readonly connection: DockerConnection) {}

  /** All tasks of a service, newest first; also those that outlive it after its removal. */
  async list({ serviceId, labels = {}, signal }: TaskFilter): Promise<SwarmTask[]> {
    const tasks = await this.ofService(serviceId, signal);
    if (tasks !== undefined) return tasks;
    // asking for tasks by a removed service is a 404, though they are still there
    const left = await this.withLabels(labels, signal);
    return left.filter((task) => task.serviceId === serviceId);
  }

  /** All tasks of services that carry all of these labels, newest first; also those that outlive their service. */
  async withLabels(labels: Labels, signal?: AbortSignal): Promise<SwarmTask[]> {
    return await this.query({ label: labelFilter(labels) }, signal);
  }

  /** Tasks of a service that exists, newest first; `undefined` when it does not. */
  async ofService(serviceId: string, signal?: AbortSignal): Promise<SwarmTask[] | undefined> {
    try {
      return await this.query({ service: [swarmId(serviceId)] }, signal);
    } catch (error) {
      if (hasCode(error, 'swarm.not_found')) return undefined;
      throw error;
    }
  }

  /** `undefined` when Swarm does not remember it any more. */
  async get(taskId: string, signal?: AbortSignal): Promise<SwarmTask | undefined> {
    const found = await this.query({ id: [swarmId(taskId)] }, signal);
    return found.find((task) => task.id === taskId);
  }

  /** Every task of the Swarm, those that ended included. */
  async listAll(signal?: AbortSignal): Promise<SwarmTask[]> {
    return await this.query({}, signal);
  }

  /** What one task has written, oldest first. */
  async logs(taskId: string, options: LogOptions = {}): Promise<LogLine[]> {
    return await readLogs(this.connection, `/tasks/${swarmId(taskId)}/logs`, options);
  }

  /** As `SwarmServices.followLogs`, of one task: ends when the task has. */
  followLogs(taskId: string, options: FollowOptions = {}): AsyncGenerator<LogLine, void, undefined> {
    const path = `/tasks/${swarmId(taskId)}/logs`;
    const gone = async (signal: AbortSignal): Promise<boolean> => {
      const task = await this.get(taskId, signal);
      return task === undefined || isTerminal(task);
    };
    return followLogs(this.connection, { path, gone }, options);
  }

  /**
   * Whether the kernel killed a container for want of memory. Only the node it ran on knows: `undefined` when that is
   * another node than the one connected to.
   */
  async outOfMemory(containerId: string, signal?: AbortSignal): Promise<boolean | undefined> {
    const answer = await this.askNode(`/containers/${encodeURIComponent(containerId)}/json`, { signal });
    return answer?.at('State').boolean('OOMKilled');
  }

  /** What a container uses now; `undefined` when it does not run, or on another node than the one connected to. */
  async usage(containerId: string, signal?: AbortSignal): Promise<ContainerUsage | undefined> {
    // without `one-shot` the engine takes a second to measure twice
    const query = { stream: 'false', 'one-shot': 'true' };
    const path = `/containers/${encodeURIComponent(containerId)}/stats`;
    const answer = await this.askNode(path, { query, signal });
    return answer === undefined ? undefined : toUsage(answer);
  }

  private async askNode(
    path: string,
    options: Pick<EngineRequest, 'query' | 'signal'>,
  ): Promise<Answer | undefined> {
    try {
      return await this.connection.call({ action: 'read a container', method: 'GET', path, ...options });
    } catch (error) {
      if (hasCode(error, 'swarm.not_found')) return undefined;
      throw error;
    }
  }

  private async query(
    filters: Readonly<Record<string, readonly string[]>>,
    signal: AbortSignal | undefined,
  ): Promise<SwarmTask[]> {
    const query = { filters: JSON.stringify(filters) };
    const answer = await this.connection.call({
      action: 'list tasks',
      method: 'GET',
      path: '/tasks',
      query,
      signal,
    });
    return answer
      .items()
      .map(toTask)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }
}
