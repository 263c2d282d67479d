import { AppError, isUuid } from '@saasodoo/kernel';

const PART = /^[a-z0-9]+(\.[a-z0-9]+)*$/;

/** `{backup id}/{part}`: two plain segments, so that no name can lead elsewhere. Throws `backup.name_malformed`. */
export function partPath(backupId: string, part: string): string {
  if (!PART.test(part) || part.length > 64) throw malformed(part);
  return `${backupFolder(backupId)}/${part}`;
}

/** Throws `backup.name_malformed`. */
export function backupFolder(backupId: string): string {
  if (!isUuid(backupId)) throw malformed(backupId);
  return backupId.toLowerCase();
}

function malformed(name: string): AppError {
  return AppError.terminal(
    'backup.name_malformed',
    `'${name.slice(0, 80)}' names no backup and no part of one`,
    {
      hint: 'Backups are named by their id.',
      httpStatus: 422,
    },
  );
}
