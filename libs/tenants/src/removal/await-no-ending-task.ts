import { AppError, until } from '@saasodoo/kernel';
import { isTerminal, type Labels, type Swarm, type SwarmTask } from '@saasodoo/swarm';

/** Longer than the stop grace period of a tenant, plus the seconds that Swarm takes around it. */
const ENDED_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

/**
 * Returns when every task of services with these labels that is to end has ended. A service that is changed while an
 * earlier change is still stopping its task starts the next one beside it: Swarm waits for the task it replaces last, and
 * that one had not begun. A node that is down says nothing about its tasks, so those are not waited for.
 * Throws `swarm.not_converged`.
 */
export async function awaitNoEndingTask(swarm: Swarm, labels: Labels, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const ending = (await swarm.tasks.withLabels(labels, signal)).filter(isEnding);
    if (ending.length === 0) return true;
    const nodes = await swarm.nodes.list();
    const down = nodes
      .filter(({ state }) => state === 'down' || state === 'disconnected')
      .map(({ id }) => id);
    return ending.every(({ nodeId = '' }) => down.includes(nodeId)) ? true : undefined;
  };
  await until(look, stillEnding, { withinMs: ENDED_WITHIN_MS, everyMs: LOOK_EVERY_MS, signal });
}

function isEnding(task: SwarmTask): boolean {
  return !isTerminal(task) && task.desiredState !== 'running' && task.desiredState !== 'ready';
}

function stillEnding(): AppError {
  return AppError.retryable(
    'swarm.not_converged',
    `a task that is to end has not within ${ENDED_WITHIN_MS / 1000} s`,
    { hint: 'Is the node overloaded? Waiting again goes on where this wait ended.' },
  );
}
