import { type HealthState, readyCondition, type WatchedInstance } from '@saasodoo/instances/domain';
import { judgeHealth, type ServiceHealth, type SwarmTask } from '@saasodoo/swarm';
import type { InstanceSight } from './instance-sight';
import type { ProbeResult } from './probe-result';

export interface InstanceHealth {
  readonly healthy: HealthState;
  /** Stable CamelCase code. */
  readonly reason: string;
  readonly message: string;
  /** The task the reason is about, else the newest. */
  readonly task?: SwarmTask;
  /** Newest first. */
  readonly failures: readonly SwarmTask[];
}

type Verdict = Pick<InstanceHealth, 'healthy' | 'reason' | 'message'>;

/** One silence may be chance. */
const SILENT = 2;

/** Whether an instance serves, as far as it is meant to, and if not, why. */
export function judgeInstance(sight: InstanceSight): InstanceHealth {
  const health = judgeHealth(sight);
  const { failures, task = sight.tasks[0] } = health;
  const verdict = verdictOnIntent(sight.instance) ?? verdictOnService(sight, health);
  return { ...verdict, failures, ...(task === undefined ? {} : { task }) };
}

/** Nothing can be said of an instance that is being changed, or is not meant to run. */
function verdictOnIntent(instance: WatchedInstance): Verdict | undefined {
  const { status, error, underway } = instance;
  if (underway !== undefined)
    return { healthy: 'unknown', reason: 'Underway', message: `A ${underway} is under way.` };
  if (isWorthJudging(instance)) return undefined;
  const { reason, message } = readyCondition(status, error);
  return { healthy: 'unknown', reason, message };
}

/** What has failed may run all the same, or fail on and on: whoever repairs it must know. */
export function isWorthJudging({ status, desiredState }: WatchedInstance): boolean {
  return status === 'running' || (status === 'error' && desiredState === 'running');
}

function verdictOnService(sight: InstanceSight, health: ServiceHealth): Verdict {
  const { reason, message, task } = health;
  if (health.healthy && task !== undefined) return verdictOnAnswers(sight, task);
  if (reason === 'Settling') return starting(sight, sentence(message));
  if (reason === 'NoService') return bad(reason, `The service ${sight.instance.serviceName} does not exist.`);
  return bad(reason, sentence(message));
}

function verdictOnAnswers(sight: InstanceSight, task: SwarmTask): Verdict {
  const probe = sight.probeOf(task.id);
  if (probe === undefined) return starting(sight, 'Odoo has not been asked yet.');
  if (probe.answered && probe.misses < SILENT)
    return { healthy: 'true', reason: 'Serving', message: 'Odoo runs and answers.' };
  const waited = sight.now.getTime() - task.stateSince.getTime();
  if (!probe.answered && (waited < sight.startMs || probe.misses < SILENT))
    return starting(sight, 'Odoo does not answer yet.');
  return bad('NotAnswering', silence(probe));
}

function silence({ status }: ProbeResult): string {
  return status === undefined
    ? 'The process runs, but nobody answers over HTTP.'
    : `The process runs, but over HTTP it answers ${status}.`;
}

/** What failed stays failed until it serves again; what served before, or was not known, is not called failed for starting. */
function starting({ before }: InstanceSight, message: string): Verdict {
  return { healthy: before === 'false' ? 'false' : 'unknown', reason: 'Starting', message };
}

function bad(reason: string, message: string): Verdict {
  return { healthy: 'false', reason, message };
}

/** Docker's words as a sentence of ours. */
function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
