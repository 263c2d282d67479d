import type { InstanceCommand } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';

/** What can be asked for again as it was: all there is to it is the wish. */
const RETRYABLE = [
  'start',
  'stop',
  'restart',
  'suspend',
  'resume',
  'redeploy',
] as const satisfies InstanceCommand[];

/**
 * The command that opens the operation again. Throws `operation.not_retryable` for what has not failed, and for what takes
 * more than its name: the sizes of a scale were taken back, and a creation gave its database name away.
 */
export function retryableKind({ kind, status }: Pick<Operation, 'kind' | 'status'>): InstanceCommand {
  const command = RETRYABLE.find((known) => known === kind);
  if (status !== 'failed') throw refused({ kind, status }, 'Only what has failed can be tried again.');
  if (command === undefined) {
    throw refused(
      { kind, status },
      `It was undone: ask for it anew. Can be retried: ${RETRYABLE.join(', ')}.`,
    );
  }
  return command;
}

function refused({ kind, status }: Pick<Operation, 'kind' | 'status'>, hint: string): AppError {
  return AppError.terminal('operation.not_retryable', `a ${kind} that is ${status} cannot be tried again`, {
    httpStatus: 409,
    hint,
    facts: { kind, status },
  });
}
