import type { Instance, Observation } from '@saasodoo/instances/domain';
import type { JsonObject, OperationKind } from '@saasodoo/operations/domain';

/** What is done about a difference between what is wanted and what was observed. */
export interface Repair {
  readonly kind: OperationKind;
  /** Stable CamelCase code: what was found. */
  readonly reason: string;
  /** For the operation; see its workflow. */
  readonly input?: JsonObject;
}

/** Repairs of an instance within the last hour. */
export interface RepairRecord {
  readonly count: number;
  /** When the last operation of the instance ended, whoever asked for it. */
  readonly settledAt?: Date;
}

export interface RepairPolicy {
  /** Failed tasks within ten minutes until the instance is given up. */
  readonly crashLoopFailures: number;
  /** How long an Odoo whose process lives may give no answer until its task is replaced. */
  readonly hungAfterMs: number;
}

export interface Compared {
  readonly instance: Instance;
  readonly observation: Observation | undefined;
  readonly repairs: RepairRecord;
  readonly now: Date;
}

/** An observation older than this says nothing: the monitor is away. */
const OBSERVATION_VALID_MS = 30_000;

const FIRST_DELAY_MS = 5_000;
/** What ended in an error is not better a moment later. */
const FIRST_DELAY_AFTER_ERROR_MS = 30_000;
const LONGEST_DELAY_MS = 30 * 60_000;

/** The platform gave up; only a new wish ends that. */
const GIVEN_UP: readonly string[] = ['instance.crash_looping', 'instance.out_of_memory'];

const CRASHES: readonly string[] = ['TaskFailed', 'TaskRejected', 'Restarting', 'OutOfMemory', 'NoTask'];

/**
 * Level-based: looks at what is, whoever caused it, and answers at most one repair; `undefined` when all is well, or when
 * it is too early for the next attempt. The caller has made sure that no operation is open. Pure.
 */
export function decideRepair(compared: Compared, policy: RepairPolicy): Repair | undefined {
  const repair = difference(compared, policy);
  return repair === undefined || isTooEarly(compared) ? undefined : repair;
}

function difference(compared: Compared, policy: RepairPolicy): Repair | undefined {
  const { instance } = compared;
  switch (instance.desiredState) {
    case 'running':
      return towardsRunning(compared, policy);
    case 'stopped':
      return towardsRest(compared, 'stop');
    case 'suspended':
      return towardsRest(compared, 'suspend');
    case 'terminated':
      return instance.status === 'terminated' ? undefined : { kind: 'terminate', reason: 'NotTerminated' };
  }
}

function towardsRunning(compared: Compared, policy: RepairPolicy): Repair | undefined {
  const { instance } = compared;
  if (instance.status === 'creating' || instance.databaseServer === undefined) return undefined;
  const observation = validObservation(compared);
  if (instance.error !== undefined && GIVEN_UP.includes(instance.error.code)) return undefined;
  const crash = observation === undefined ? undefined : crashLoop(observation, policy);
  if (crash !== undefined) return crash;
  if (instance.status !== 'running') return { kind: 'start', reason: 'NotRunning' };
  return observation === undefined ? undefined : (deviation(instance, observation) ?? hung(compared, policy));
}

/** What differs from the service as it was deployed. */
function deviation(instance: Instance, observation: Observation): Repair | undefined {
  const { service, secretPresent, networkPresent } = observation;
  if (service === undefined) return { kind: 'redeploy', reason: 'ServiceMissing' };
  if (service.replicas !== 1) return { kind: 'redeploy', reason: 'ScaledByHand' };
  if (!secretPresent) return { kind: 'redeploy', reason: 'SecretMissing' };
  if (!networkPresent) return { kind: 'redeploy', reason: 'NetworkMissing' };
  return service.fingerprint === instance.serviceFingerprint
    ? undefined
    : { kind: 'redeploy', reason: 'SpecEdited' };
}

function crashLoop(observation: Observation, { crashLoopFailures }: RepairPolicy): Repair | undefined {
  const { healthy, reason, message, failures } = observation;
  if (healthy === 'true' || failures < crashLoopFailures || !CRASHES.includes(reason)) return undefined;
  const outOfMemory = reason === 'OutOfMemory';
  return {
    kind: 'halt',
    reason: 'CrashLooping',
    input: {
      code: outOfMemory ? 'instance.out_of_memory' : 'instance.crash_looping',
      message: `given up after ${failures} failed starts within ten minutes, the last one: ${message}`,
      hint: outOfMemory
        ? 'Give the instance more memory, then start it.'
        : 'Look into its logs, mend the cause, then start it.',
    },
  };
}

/** The process lives and nobody answers: Swarm sees nothing wrong with that. */
function hung(compared: Compared, { hungAfterMs }: RepairPolicy): Repair | undefined {
  const observation = validObservation(compared);
  if (observation?.healthy !== 'false' || observation.reason !== 'NotAnswering') return undefined;
  const forMs = compared.now.getTime() - observation.since.getTime();
  return forMs < hungAfterMs ? undefined : { kind: 'restart', reason: 'NotAnswering' };
}

function towardsRest(compared: Compared, kind: 'stop' | 'suspend'): Repair | undefined {
  const { instance } = compared;
  if (instance.databaseServer === undefined) return undefined;
  if (instance.status !== (kind === 'stop' ? 'stopped' : 'suspended')) return { kind, reason: 'NotAtRest' };
  const replicas = validObservation(compared)?.service?.replicas ?? 0;
  return replicas > 0 ? { kind, reason: 'ScaledByHand' } : undefined;
}

/** Looked at after the last operation had ended, and not long ago. */
function validObservation({ observation, repairs, now }: Compared): Observation | undefined {
  if (observation === undefined) return undefined;
  const seenAt = observation.observedAt.getTime();
  if (now.getTime() - seenAt > OBSERVATION_VALID_MS) return undefined;
  return seenAt > (repairs.settledAt?.getTime() ?? 0) ? observation : undefined;
}

/** Each repair that did not last makes the next one wait twice as long. */
function isTooEarly(compared: Compared): boolean {
  const { instance, now } = compared;
  const { count, settledAt } = compared.repairs;
  if (settledAt === undefined) return false;
  // Came up by itself after its operation had failed: there is nothing to wait for.
  const failed = instance.status === 'error' && validObservation(compared)?.healthy !== 'true';
  if (count === 0 && !failed) return false;
  const first = failed ? FIRST_DELAY_AFTER_ERROR_MS : FIRST_DELAY_MS;
  const delay = Math.min(LONGEST_DELAY_MS, first * 2 ** Math.max(0, count - 1));
  return now.getTime() - settledAt.getTime() < delay;
}
