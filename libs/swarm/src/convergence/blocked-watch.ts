import { type SwarmTask } from '../tasks/swarm-task';
import { classifyTask, type TaskFailure } from './task-failure';

const NO_ADDRESS: TaskFailure = {
  code: 'swarm.address_exhausted',
  permanent: false,
  hint: 'A task that stays new waits for an address: the overlay network is full. Use another one, or remove services.',
};

/**
 * Remembers since when a task waits for something that may never come: a node that fits, or an address (which Swarm
 * waits for without a word). Times are of our own clock, so a manager's clock does not matter.
 */
export class BlockedWatch {
  private readonly since = new Map<string, number>();

  constructor(private readonly graceMs: number) {}

  /** Why the task is given up, once it has waited longer than the grace; `undefined` until then. */
  givenUp(task: SwarmTask, nowMs: number): TaskFailure | undefined {
    const failure = blockedBy(task);
    if (failure === undefined) return undefined;
    const key = `${task.id} ${failure.code}`;
    const since = this.since.get(key) ?? nowMs;
    this.since.set(key, since);
    return nowMs - since >= this.graceMs ? failure : undefined;
  }
}

function blockedBy(task: SwarmTask): TaskFailure | undefined {
  if (task.state === 'new') return NO_ADDRESS;
  return task.state === 'pending' && task.error !== '' ? classifyTask(task) : undefined;
}
