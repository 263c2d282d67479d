import { AppError } from '@saasodoo/kernel';
import { type SwarmTask } from '../tasks/swarm-task';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { type TaskFailure } from './task-failure';

const TAIL_LINES = 20;
const LOGS_WITHIN_MS = 3_000;
const KILLED = 137;
const HAS_LOGS = new Set(['swarm.exited', 'swarm.unhealthy']);

const OUT_OF_MEMORY: TaskFailure = {
  code: 'swarm.oom',
  permanent: false,
  hint: 'The container used more memory than its limit allows: raise the limit.',
};

/**
 * Makes an error of a failed task while the task can still be asked: with Docker's own words, the exit code and the last
 * lines its container wrote (facts `logTail`), all of which are lost with the task.
 */
export async function reportFailure(
  tasks: SwarmTasks,
  { task, failure }: { readonly task: SwarmTask; readonly failure: TaskFailure },
  signal?: AbortSignal,
): Promise<AppError> {
  const { code, hint } = (await ranOutOfMemory(tasks, task, signal)) ? OUT_OF_MEMORY : failure;
  const tail = HAS_LOGS.has(code) ? await logTail(tasks, task.id, signal) : [];
  const words = task.error === '' ? `the task is ${task.state}` : task.error;
  return AppError.terminal(code, words, {
    hint,
    facts: {
      serviceId: task.serviceId,
      taskId: task.id,
      nodeId: task.nodeId ?? null,
      state: task.state,
      exitCode: task.exitCode ?? null,
      ...(tail.length === 0 ? {} : { logTail: tail }),
    },
  });
}

/** The last lines a task has written; when they cannot be read, one line that says so. */
export async function logTail(tasks: SwarmTasks, taskId: string, signal?: AbortSignal): Promise<string[]> {
  try {
    const lines = await tasks.logs(taskId, { tail: TAIL_LINES, withinMs: LOGS_WITHIN_MS, signal });
    return lines.map((line) => line.text);
  } catch (error) {
    signal?.throwIfAborted();
    // the task's own failure matters more than that its log cannot be had
    return [`(its log could not be read: ${error instanceof Error ? error.message : String(error)})`];
  }
}

async function ranOutOfMemory(tasks: SwarmTasks, task: SwarmTask, signal?: AbortSignal): Promise<boolean> {
  if (task.exitCode !== KILLED || task.containerId === undefined) return false;
  return (await tasks.outOfMemory(task.containerId, signal)) === true;
}
