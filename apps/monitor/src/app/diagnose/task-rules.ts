import type { SwarmTask } from '@saasodoo/swarm';
import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';
import { failedTask, recentFailures, waitingTask } from './task-facts';

const LOOP = 3;
const NOT_STARTED =
  /executable file not found|exec format error|OCI runtime create failed|starting container failed/i;
/** What shells and init processes say of a command that cannot be executed, and of one that is not there. */
const NO_COMMAND: readonly number[] = [126, 127];

/** Why a task that is asked for does not run, or not for long. */
export const taskRules: readonly Rule[] = [
  imageUnavailable,
  cpuLimitTooHigh,
  outOfMemory,
  cannotStart,
  resourcesShort,
  ends,
  waits,
];

function imageUnavailable(facts: DiagnosisFacts): Finding | undefined {
  const task = failing(
    facts,
    /No such image|pull access denied|manifest (for .* )?(unknown|not found)|repository does not exist|invalid reference/i,
  );
  if (task === undefined) return undefined;
  const image = facts.service?.image ?? 'of the service';
  return {
    code: 'image.unavailable',
    summary: `The image ${image} is not to be had on the node: ${task.error}.`,
    action: {
      text: 'Build or pull the image on the nodes, or correct its name.',
      command: `docker pull ${image}`,
    },
  };
}

function cpuLimitTooHigh(facts: DiagnosisFacts): Finding | undefined {
  const task = failing(facts, /Range of CPUs is from/i);
  if (task === undefined) return undefined;
  return {
    code: 'node.cpu_limit',
    summary: `The CPU limit of ${facts.instance.cpuLimit} is above what the node has: ${task.error}.`,
    action: { text: 'Scale the instance to fewer CPUs, or add a larger node.' },
  };
}

function outOfMemory(facts: DiagnosisFacts): Finding | undefined {
  if (!facts.outOfMemory || failedTask(facts) === undefined) return undefined;
  const mebibytes = Math.round((facts.service?.limits.memoryBytes ?? facts.instance.memoryBytes) / 1024 ** 2);
  return {
    code: 'task.out_of_memory',
    summary: `Odoo was killed because it needed more than its ${mebibytes} MiB of memory.`,
    action: { text: 'Scale the instance to more memory.' },
  };
}

/** With an init process in the container, a command that is not there is an exit like any other, save for its code. */
function cannotStart(facts: DiagnosisFacts): Finding | undefined {
  const task = failedTask(facts);
  if (task === undefined || !(NOT_STARTED.test(task.error) || NO_COMMAND.includes(task.exitCode ?? 0)))
    return undefined;
  return {
    code: 'task.start_failed',
    summary: `The container cannot start from its image with its command: ${task.error}${lastWords(facts)}.`,
    action: {
      text: 'Correct what the message names; a spec that was edited by hand is undone by a redeployment.',
    },
  };
}

function resourcesShort(facts: DiagnosisFacts): Finding | undefined {
  const { service, placement } = facts;
  const error = waitingTask(facts)?.error ?? '';
  const unplaced = /no suitable node/i.test(error) && placement?.fits === false;
  if (service === undefined || (!unplaced && !/insufficient resources/i.test(error))) return undefined;
  const { cpus, memoryBytes } = service.reservations;
  return {
    code: 'node.resources_short',
    summary: `No node has the ${cpus} CPUs and ${Math.round(memoryBytes / 1024 ** 2)} MiB unreserved that the instance reserves.`,
    action: { text: 'Scale the instance down, or add a node for tenants.' },
  };
}

function ends(facts: DiagnosisFacts): Finding | undefined {
  const task = failedTask(facts);
  if (task === undefined) return undefined;
  const failures = recentFailures(facts);
  const why = task.error === '' ? `exit code ${task.exitCode ?? 'unknown'}` : task.error;
  const loops = failures >= LOOP || facts.instance.status === 'error';
  return {
    code: loops ? 'task.crash_loop' : 'task.ended',
    summary: loops
      ? `Odoo ends again and again, ${failures} times in ten minutes: ${why}${lastWords(facts)}.`
      : `Odoo ended: ${why}${lastWords(facts)}.`,
    action: { text: 'Read the log of the task that ended: its last lines say why.' },
  };
}

function waits(facts: DiagnosisFacts): Finding | undefined {
  const task = waitingTask(facts);
  if (task === undefined) return undefined;
  return {
    code: 'task.waiting',
    summary: `The task is ${task.state}${task.error === '' ? '' : `: ${task.error}`}.`,
    action: { text: 'Wait a few seconds and ask again.' },
  };
}

/** The task that explains what is now, when it says such a thing. */
function failing(facts: DiagnosisFacts, says: RegExp): SwarmTask | undefined {
  const task = failedTask(facts);
  return task !== undefined && says.test(task.error) ? task : undefined;
}

function lastWords({ lastLine }: DiagnosisFacts): string {
  return lastLine === undefined ? '' : `; its last line: ${lastLine}`;
}
