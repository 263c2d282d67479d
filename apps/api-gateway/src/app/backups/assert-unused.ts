import type { Backup } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import { type Operation, yields } from '@saasodoo/operations/domain';

/**
 * Throws `backup.in_use` while an operation that has not ended makes the backup or restores it; what yields is called off by
 * whatever follows.
 */
export function assertUnused({ id }: Pick<Backup, 'id'>, open: readonly Operation[]): void {
  const user = open.find((one) => !yields(one) && Object.values(one.input).includes(id));
  if (user !== undefined) throw inUse(user.kind, user.id);
}

/** Throws `backup.in_use` while a new instance is made of it. */
export function assertNotCopied(copiedBy: string | undefined): void {
  if (copiedBy !== undefined) throw inUse('restore-new', copiedBy);
}

function inUse(kind: string, operationId: string): AppError {
  return AppError.terminal('backup.in_use', `a ${kind} that has not ended needs the backup`, {
    httpStatus: 409,
    hint: 'Wait for it to end.',
    facts: { operation_id: operationId },
  });
}
