import { Injectable } from '@nestjs/common';
import { TaskLogRepository } from '@saasodoo/instances/data-access';
import type { TaskLog } from '@saasodoo/instances/domain';
import { INSTANCE_ID_LABEL, JOB_ID_LABEL, type LogLine, Swarm, type SwarmService } from '@saasodoo/swarm';
import type { InstanceLogLine } from './instance-log-line';
import type { LogQuery } from './log-query';

const KEPT_TASKS = 20;

/** What an instance has written: as long as Docker has it from there, else what was kept of tasks that ended. */
@Injectable()
export class InstanceLogs {
  constructor(
    private readonly swarm: Swarm,
    private readonly kept: TaskLogRepository,
  ) {}

  /** The last lines, oldest first. */
  async read(instanceId: string, query: LogQuery): Promise<InstanceLogLine[]> {
    const service = await this.serviceOf(instanceId);
    const lines = service === undefined ? [] : await this.dockerLines(service.id, query);
    return lines.length > 0 ? lines : this.keptLines(instanceId, query);
  }

  /** The last lines, and then those that are written, until `signal` aborts or the service is removed. */
  async follow(
    instanceId: string,
    query: LogQuery,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<InstanceLogLine, void, undefined>> {
    const service = await this.serviceOf(instanceId);
    const past = service?.replicas === 1 ? [] : await this.keptLines(instanceId, query);
    return this.onwards(past, service, { ...query, signal });
  }

  private async *onwards(
    past: readonly InstanceLogLine[],
    service: SwarmService | undefined,
    { tail, since, signal }: LogQuery & { readonly signal: AbortSignal },
  ): AsyncGenerator<InstanceLogLine, void, undefined> {
    yield* past;
    if (service === undefined) return;
    for await (const line of this.swarm.services.followLogs(service.id, {
      tail,
      since,
      details: true,
      signal,
    }))
      yield toLine(line);
  }

  private async serviceOf(instanceId: string): Promise<SwarmService | undefined> {
    const services = await this.swarm.services.list({ labels: { [INSTANCE_ID_LABEL]: instanceId } });
    return services.find(({ labels }) => !(JOB_ID_LABEL in labels));
  }

  /** Docker counts the lines of each task by itself. */
  private async dockerLines(serviceId: string, { tail, since }: LogQuery): Promise<InstanceLogLine[]> {
    const lines = await this.swarm.services.logs(serviceId, { tail, since, details: true });
    return last(lines.map(toLine), tail);
  }

  private async keptLines(instanceId: string, { tail, since }: LogQuery): Promise<InstanceLogLine[]> {
    const logs = await this.kept.ofInstance(instanceId, KEPT_TASKS);
    const lines = logs.flatMap(toLines).filter(({ time }) => isAfter(time, since));
    return last(lines, tail);
  }
}

function toLine({ time, stream, text, taskId }: LogLine): InstanceLogLine {
  return { time: time?.toISOString() ?? null, stream, text, task_id: taskId ?? null };
}

function toLines({ taskId, lines }: TaskLog): InstanceLogLine[] {
  return lines.map(({ time, stream, text }) => ({
    time: time.toISOString(),
    stream,
    text,
    task_id: taskId,
  }));
}

function isAfter(time: string | null, since: Date | undefined): boolean {
  return since === undefined || (time ?? '') >= since.toISOString();
}

/** By time; what has none keeps its place behind the line before it. */
function last(lines: readonly InstanceLogLine[], tail: number): InstanceLogLine[] {
  const timed = lines.map((line, index) => ({ line, index }));
  timed.sort((a, b) => compare(a.line.time, b.line.time) || a.index - b.index);
  return tail === 0 ? [] : timed.map(({ line }) => line).slice(-tail);
}

function compare(a: string | null, b: string | null): number {
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}
