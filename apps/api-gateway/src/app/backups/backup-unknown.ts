import { AppError } from '@saasodoo/kernel';

/** Says the same about a backup that never was and about somebody else's. */
export function backupUnknown(): AppError {
  return AppError.terminal('backup.not_found', 'you have no backup with this id', { httpStatus: 404 });
}
