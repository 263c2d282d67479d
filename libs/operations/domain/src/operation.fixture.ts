import type { Operation } from './operation';
import { type OperationKind, stepListOf } from './operation-kind';

/** A queued operation, for unit tests. */
export function queuedOperation(kind: OperationKind = 'create'): Operation {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    instanceId: '01890a5d-ac96-774b-bcce-b302099a8058',
    customerId: '01890a5d-ac96-774b-bcce-b302099a8059',
    kind,
    generation: 1,
    status: 'queued',
    attempt: 1,
    steps: stepListOf(kind).map((name) => ({ name, status: 'pending', attempts: 0 })),
    input: {},
    correlationId: 'story',
    createdAt: new Date(0),
    sequence: 0,
  };
}
