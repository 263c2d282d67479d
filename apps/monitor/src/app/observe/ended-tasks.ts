import { Injectable, Logger } from '@nestjs/common';
import { TaskLogRepository } from '@saasodoo/instances/data-access';
import { toErrorRecord } from '@saasodoo/kernel';
import { isTerminal, Swarm, type SwarmTask } from '@saasodoo/swarm';
import { DataSource } from 'typeorm';

export interface EndedTask {
  readonly instanceId: string;
  readonly task: SwarmTask;
}

const AT_A_TIME = 4;
const LINES = 200;
const READ_WITHIN_MS = 10_000;
const KILLED = 137;
const ASK_AT_ONCE = 8;
const ASK_WITHIN_MS = 1_000;

/** What tasks that ended leave behind, kept while the engine still has it: their last lines, and whether memory ran out. */
@Injectable()
export class EndedTasks {
  private readonly logger = new Logger(EndedTasks.name);
  private readonly kept = new Set<string>();
  private readonly outOfMemory = new Map<string, boolean>();
  private readonly keeping = new Map<string, Promise<void>>();

  constructor(
    private readonly swarm: Swarm,
    private readonly logs: TaskLogRepository,
    private readonly dataSource: DataSource,
  ) {}

  /** Ids of the containers that were killed for want of memory. */
  get outOfMemoryContainers(): ReadonlySet<string> {
    return new Set([...this.outOfMemory].flatMap(([id, is]) => (is ? [id] : [])));
  }

  /**
   * Asks of tasks that were killed whether memory ran out, each once: their exit code says so of every kill. It is waited
   * for, so that the first word about such an end is the right one. Answers how many calls it took.
   */
  async examine(ended: readonly EndedTask[]): Promise<number> {
    const unknown = ended
      .flatMap(({ task: { containerId, exitCode } }) =>
        containerId === undefined || exitCode !== KILLED || this.outOfMemory.has(containerId)
          ? []
          : [containerId],
      )
      .slice(0, ASK_AT_ONCE);
    await Promise.all(unknown.map((containerId) => this.askForMemory(containerId)));
    return unknown.length;
  }

  /** Begins to keep what the next few have written, beside the passes; forgets what the engine has forgotten. */
  async keep(ended: readonly EndedTask[]): Promise<number> {
    const there = new Set(ended.map(({ task }) => task.id));
    for (const id of this.kept) if (!there.has(id)) this.kept.delete(id);
    const containers = new Set(ended.map(({ task }) => task.containerId));
    for (const id of this.outOfMemory.keys()) if (!containers.has(id)) this.outOfMemory.delete(id);
    const room = AT_A_TIME - this.keeping.size;
    const open = ended.filter(({ task }) => !this.kept.has(task.id) && !this.keeping.has(task.id));
    if (room <= 0 || open.length === 0) return 0;
    const known = await this.logs.known(open.map(({ task }) => task.id));
    known.forEach((id) => this.kept.add(id));
    const turn = open.filter(({ task }) => !known.has(task.id)).slice(0, room);
    for (const one of turn) {
      const kept = this.keepOne(one).finally(() => this.keeping.delete(one.task.id));
      this.keeping.set(one.task.id, kept);
    }
    return turn.length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.keeping.values());
  }

  private async askForMemory(containerId: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(ASK_WITHIN_MS);
      this.outOfMemory.set(containerId, (await this.swarm.tasks.outOfMemory(containerId, signal)) === true);
    } catch (error) {
      this.logger.warn(
        `nobody knows why container ${containerId} was killed: ${toErrorRecord(error).message}`,
      );
    }
  }

  private async keepOne({ instanceId, task }: EndedTask): Promise<void> {
    const { id: taskId, stateSince: endedAt, error, exitCode } = task;
    try {
      const lines = await this.linesOf(task);
      const exit = exitCode === undefined ? {} : { exitCode };
      await this.logs.add(this.dataSource.manager, { taskId, instanceId, endedAt, error, ...exit, lines });
      this.kept.add(taskId);
    } catch (error_) {
      this.logger.warn(`what task ${taskId} wrote is not kept yet: ${toErrorRecord(error_).message}`);
    }
  }

  /** A task that never had a container has written nothing, and one whose container is gone cannot be read any more. */
  private async linesOf({ id, containerId }: SwarmTask) {
    if (containerId === undefined) return [];
    try {
      const lines = await this.swarm.tasks.logs(id, { tail: LINES, withinMs: READ_WITHIN_MS });
      return lines.flatMap(({ time, stream, text }) =>
        time === undefined || stream === 'system' ? [] : [{ time, stream, text }],
      );
    } catch (error) {
      this.logger.warn(`what task ${id} wrote cannot be read: ${toErrorRecord(error).message}`);
      return [];
    }
  }
}

/** Ended for good, in whatever way. */
export function hasEnded(task: SwarmTask): boolean {
  return isTerminal(task) && task.state !== 'remove' && task.state !== 'orphaned';
}
