import type { ImportStatus } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';

export function importStatusConflict(status: ImportStatus): AppError {
  return AppError.terminal('import.status_conflict', `the import is ${status}`, {
    httpStatus: 409,
    hint: 'Content is taken in once. Announce another import for another zip.',
    facts: { status },
  });
}
