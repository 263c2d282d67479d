import { AppError } from '@saasodoo/kernel';

export function partMissing(backupId: string, part: string, cause: unknown): AppError {
  return AppError.terminal('backup.part_missing', `the backup has lost its part ${part}`, {
    cause,
    hint: 'Use another backup; somebody removed a part of this one where backups are kept.',
    facts: { backup_id: backupId, part },
    httpStatus: 409,
  });
}
