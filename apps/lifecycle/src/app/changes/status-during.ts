import type { Instance, InstanceStatus } from '@saasodoo/instances/domain';
import type { OperationKind } from '@saasodoo/operations/domain';

const TAKES_DOWN: readonly OperationKind[] = ['stop', 'suspend', 'halt'];
const RESHAPES: readonly OperationKind[] = ['scale', 'reconfigure'];
/** Nothing of it runs, so there is nothing to take down and nothing to replace. */
const AT_REST: readonly InstanceStatus[] = ['stopped', 'suspended'];
/** From these an Odoo is brought up and not replaced. */
const NOT_UP: readonly InstanceStatus[] = [...AT_REST, 'stopping', 'error'];

/** The status while an operation of this kind is carried out; `undefined` leaves it as it is. Pure. */
export function statusDuring(
  kind: OperationKind,
  { status, desiredState }: Pick<Instance, 'status' | 'desiredState'>,
): InstanceStatus | undefined {
  if (TAKES_DOWN.includes(kind)) return takenDown(status);
  // What ends a suspension of a stopped instance may find that nothing was taken down yet.
  if (kind === 'resume' && desiredState === 'stopped') return takenDown(status);
  if (desiredState !== 'running') return undefined;
  if (NOT_UP.includes(status)) return 'starting';
  if (status !== 'running' && status !== 'updating') return status;
  return RESHAPES.includes(kind) ? 'updating' : 'restarting';
}

function takenDown(status: InstanceStatus): InstanceStatus | undefined {
  return AT_REST.includes(status) ? undefined : 'stopping';
}
