import { AppError } from '@saasodoo/kernel';
import type { Backup } from './backup';

/** The instance that is to get the data. */
export interface RestoreTarget {
  readonly id: string;
  readonly customerId: string;
  readonly odooVersion: string;
}

/**
 * Whether the data of the backup may be put into the instance: `in-place` into the one it came from, else into a new one
 * of the same customer. Throws `backup.not_completed`, `backup.foreign`, `backup.version_differs` (all 409).
 */
export function assertRestorable(
  backup: Pick<Backup, 'id' | 'instanceId' | 'customerId' | 'status' | 'odooVersion'>,
  target: RestoreTarget,
  where: 'in-place' | 'elsewhere',
): void {
  if (backup.status !== 'completed') {
    throw refused('backup.not_completed', `the backup is ${backup.status}`, 'Choose one that is completed.');
  }
  const isOwn = backup.customerId === target.customerId;
  if (!isOwn || (where === 'in-place' && backup.instanceId !== target.id)) {
    throw refused(
      'backup.foreign',
      'the backup is of another instance',
      'Restore it into a new instance, or choose a backup of this one.',
    );
  }
  if (backup.odooVersion !== target.odooVersion) {
    throw refused(
      'backup.version_differs',
      `the backup is of Odoo ${backup.odooVersion}, the instance has ${target.odooVersion}`,
      `Restore it into a new instance of Odoo ${backup.odooVersion}.`,
    );
  }
}

function refused(code: string, message: string, hint: string): AppError {
  return AppError.terminal(code, message, { httpStatus: 409, hint });
}
