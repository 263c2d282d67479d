import { describeTask } from '../convergence/convergence-judge';
import { type SwarmTask } from '../tasks/swarm-task';
import { TaskHistory } from './task-history';
import { type HealthFacts, type ServiceHealth } from './service-health';

const SETTLED_MS = 10_000;
const ADDRESS_MS = 5_000;
const RECENT_MS = 600_000;

type Judgement = Omit<ServiceHealth, 'failures' | 'healthy'>;

/**
 * Whether a service does what it should, and if not, why. Decides from one look, so that a single check and a monitor of
 * thousands of services come to the same. Only tasks count, as in `Convergence`.
 */
export function judgeHealth(facts: HealthFacts): ServiceHealth {
  const history = new TaskHistory(facts);
  const judgement = judge(facts, history);
  const failures = history.failuresSince(new Date(facts.now.getTime() - RECENT_MS));
  return { healthy: judgement.reason === 'Running', ...judgement, failures };
}

function judge(facts: HealthFacts, history: TaskHistory): Judgement {
  const { service, now } = facts;
  if (service === undefined)
    return { reason: 'NoService', message: 'there is no such service', task: undefined };
  if (service.replicas === 0) return stopped(history);
  const { running } = history;
  if (running === undefined) return absent(facts, history);
  if (age(running, now) > SETTLED_MS) return { reason: 'Running', message: 'running', task: running };
  return (
    failing(facts, history) ?? {
      reason: 'Settling',
      message: `running, but not yet for ${SETTLED_MS / 1000} seconds`,
      task: running,
    }
  );
}

function stopped({ ending }: TaskHistory): Judgement {
  const message = ending === undefined ? 'scaled to 0' : 'scaled to 0; its last task is ending';
  return { reason: 'NoTask', message, task: ending };
}

/** No task runs. What keeps the next one from running comes first, then what ended the last one. */
function absent(facts: HealthFacts, history: TaskHistory): Judgement {
  return (
    lost(history) ??
    pending(facts, history) ??
    failing(facts, history) ??
    starting(history) ?? { reason: 'NoTask', message: 'there is no task', task: undefined }
  );
}

/** A node went away with the task, and the next one has no node yet. */
function lost(history: TaskHistory): Judgement | undefined {
  const { lost: task, attempt } = history;
  if (task === undefined || attempt?.nodeId !== undefined) return undefined;
  const down = `node ${history.hostname(task)} is down`;
  const message = attempt === undefined ? down : `${down}; the next task is ${describeTask(attempt)}`;
  return { reason: 'NodeDown', message, task };
}

function pending({ now }: HealthFacts, { attempt }: TaskHistory): Judgement | undefined {
  if (attempt?.state === 'pending' && attempt.error !== '')
    return { reason: 'TaskPending', message: attempt.error, task: attempt };
  if (attempt?.state === 'new' && age(attempt, now) > ADDRESS_MS)
    return { reason: 'TaskPending', message: 'waiting for an address: is the network full?', task: attempt };
  return undefined;
}

/** The task before the one that should run has failed. A first failure that is being made good is no more than a restart. */
function failing(facts: HealthFacts, history: TaskHistory): Judgement | undefined {
  const [task] = history.streak;
  if (task === undefined) return undefined;
  const reason = causeOf(task, facts);
  const recent = history.streak.filter((one) => age(one, facts.now) <= RECENT_MS).length;
  const words = wordsOf(task, reason);
  if (recent >= 2) return { reason, message: `${recent} times within 10 minutes: ${words}`, task };
  const again = history.running ?? history.attempt;
  if (again === undefined || reason !== 'TaskFailed') return { reason, message: words, task };
  return { reason: 'Restarting', message: `the next task is ${again.state} after: ${words}`, task: again };
}

function starting({ attempt, ending, lost: gone, ended }: TaskHistory): Judgement | undefined {
  if (attempt === undefined) {
    return ending === undefined
      ? undefined
      : { reason: 'Restarting', message: 'the previous task is ending', task: ending };
  }
  const isFirst = ended.length === 0 && (ending ?? gone) === undefined;
  return { reason: isFirst ? 'Settling' : 'Restarting', message: describeTask(attempt), task: attempt };
}

function causeOf(
  task: SwarmTask,
  { outOfMemory }: HealthFacts,
): 'OutOfMemory' | 'TaskRejected' | 'TaskFailed' {
  if (task.containerId !== undefined && outOfMemory?.has(task.containerId) === true) return 'OutOfMemory';
  return task.state === 'rejected' ? 'TaskRejected' : 'TaskFailed';
}

function wordsOf(task: SwarmTask, reason: ServiceHealth['reason']): string {
  if (reason === 'OutOfMemory') return 'killed for using more memory than its limit';
  if (task.error !== '') return task.error;
  return task.state === 'complete' ? 'it ended by itself, with exit code 0' : `the task is ${task.state}`;
}

function age(task: SwarmTask, now: Date): number {
  return now.getTime() - task.stateSince.getTime();
}
