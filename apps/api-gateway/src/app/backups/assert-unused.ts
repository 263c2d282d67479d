import type { Backup } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';

/** Throws `backup.in_use` while an operation that has not ended makes the backup or restores it. */
export function assertUnused({ id }: Pick<Backup, 'id'>, open: readonly Operation[]): void {
  const user = open.find(({ input }) => Object.values(input).includes(id));
  if (user === undefined) return;
  throw AppError.terminal('backup.in_use', `a ${user.kind} that has not ended needs the backup`, {
    httpStatus: 409,
    hint: 'Wait for it to end.',
    facts: { operation_id: user.id },
  });
}
