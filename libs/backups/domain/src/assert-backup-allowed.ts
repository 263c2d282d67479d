import { AppError } from '@saasodoo/kernel';

/** What a request is judged by. */
export interface BackupSubject {
  readonly status: string;
  readonly desiredState: string;
  readonly databaseServer?: string;
}

/** Throws `instance.terminated`, `instance.not_created` (409): there is nothing to back up. */
export function assertBackupAllowed({ status, desiredState, databaseServer }: BackupSubject): void {
  if (desiredState === 'terminated') {
    throw refused(
      'instance.terminated',
      'the instance is terminated',
      'Its backups can still be restored elsewhere.',
    );
  }
  if (status === 'creating' || databaseServer === undefined) {
    throw refused('instance.not_created', 'the instance has no data yet', 'Wait until it has been created.');
  }
}

/** Throws what `assertBackupAllowed` throws, and `instance.suspended` (409). */
export function assertRestoreAllowed(subject: BackupSubject): void {
  assertBackupAllowed(subject);
  if (subject.desiredState !== 'suspended') return;
  throw refused(
    'instance.suspended',
    'the instance is suspended',
    'It can be restored once it is resumed; its backups can be downloaded now.',
  );
}

function refused(code: string, message: string, hint: string): AppError {
  return AppError.terminal(code, message, { httpStatus: 409, hint });
}
