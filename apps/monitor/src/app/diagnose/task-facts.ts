import type { SwarmTask } from '@saasodoo/swarm';
import type { DiagnosisFacts } from './diagnosis-facts';

const RECENT_MS = 600_000;
const FAILED: readonly string[] = ['failed', 'rejected', 'complete'];

type Facts = Pick<DiagnosisFacts, 'tasks' | 'checkedAt' | 'nodes'>;

/** The task that runs, on a node that is there. */
export function runningTask({ tasks, nodes }: Facts): SwarmTask | undefined {
  return tasks.find(
    ({ state, desiredState, nodeId }) =>
      state === 'running' &&
      desiredState === 'running' &&
      nodes.find(({ id }) => id === nodeId)?.state !== 'down',
  );
}

/** The newest task that failed, as long as it explains what is now: it failed lately, or nothing came after it. */
export function failedTask(facts: Facts): SwarmTask | undefined {
  const failed = facts.tasks.find(hasFailed);
  if (failed === undefined) return undefined;
  return isRecent(failed, facts) || runningTask(facts) === undefined ? failed : undefined;
}

/** How many tasks failed within the last ten minutes. */
export function recentFailures(facts: Facts): number {
  return facts.tasks.filter((task) => hasFailed(task) && isRecent(task, facts)).length;
}

/** The newest task, while it waits for something before it can run. */
export function waitingTask({ tasks }: Facts): SwarmTask | undefined {
  const [newest] = tasks;
  return newest !== undefined && ['new', 'allocated', 'pending'].includes(newest.state) ? newest : undefined;
}

function hasFailed({ state }: SwarmTask): boolean {
  return FAILED.includes(state);
}

function isRecent({ stateSince }: SwarmTask, { checkedAt }: Facts): boolean {
  return checkedAt.getTime() - stateSince.getTime() < RECENT_MS;
}
