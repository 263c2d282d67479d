import { AppError } from '@saasodoo/kernel';
import { finalStatus, initialStatus, type InstanceStatus, instanceStatuses } from './instance-status';

export type TransitionTable = Readonly<Record<InstanceStatus, readonly InstanceStatus[]>>;

/** From → the statuses that may follow. Enforced in SQL by `InstanceRepository.transition`. */
export const transitions: TransitionTable = {
  creating: ['starting', 'error', 'terminating'],
  starting: ['running', 'stopping', 'restarting', 'suspended', 'error', 'terminating'],
  running: ['stopping', 'restarting', 'updating', 'maintenance', 'suspended', 'error', 'terminating'],
  stopping: ['stopped', 'starting', 'suspended', 'error', 'terminating'],
  stopped: ['starting', 'updating', 'maintenance', 'suspended', 'error', 'terminating'],
  restarting: ['running', 'stopping', 'error', 'terminating'],
  updating: ['running', 'stopping', 'stopped', 'restarting', 'error', 'terminating'],
  maintenance: ['running', 'stopped', 'error', 'terminating'],
  suspended: ['starting', 'stopped', 'error', 'terminating'],
  error: [
    'creating',
    'starting',
    'running',
    'stopping',
    'restarting',
    'maintenance',
    'suspended',
    'terminating',
  ],
  terminating: ['terminated', 'error'],
  terminated: [],
};

/** The statuses from which `to` may follow. */
export function statusesBefore(to: InstanceStatus, table: TransitionTable = transitions): InstanceStatus[] {
  return instanceStatuses.filter((from) => table[from].includes(to));
}

/**
 * Refuses a table in which a status cannot be reached from the first one, cannot reach the last one, or leads to a
 * status nobody knows. Called when an application starts. Throws `instance.transitions_unsound`.
 */
export function assertTransitionsSound(table: TransitionTable = transitions): void {
  const known = new Set<string>(instanceStatuses);
  const unknown = [...Object.keys(table), ...Object.values(table).flat()].filter(
    (status) => !known.has(status),
  );
  const reachable = closure(initialStatus, (status) => table[status] ?? []);
  const ending = closure(finalStatus, (status) => statusesBefore(status, table));
  refuse('unknown', unknown);
  refuse(
    'unreachable',
    instanceStatuses.filter((status) => !reachable.has(status)),
  );
  refuse(
    'dead-end',
    instanceStatuses.filter((status) => !ending.has(status)),
  );
}

function closure(
  start: InstanceStatus,
  next: (status: InstanceStatus) => readonly InstanceStatus[],
): ReadonlySet<InstanceStatus> {
  const seen = new Set([start]);
  for (const status of seen) next(status).forEach((follower) => seen.add(follower));
  return seen;
}

function refuse(fault: string, statuses: readonly string[]): void {
  if (statuses.length === 0) return;
  throw AppError.terminal('instance.transitions_unsound', `${fault} statuses: ${statuses.join(', ')}`, {
    hint: 'Correct the table in libs/instances/domain/src/transitions.ts.',
    facts: { fault, statuses },
  });
}
