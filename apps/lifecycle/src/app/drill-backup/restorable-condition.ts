import type { Backup, DrillResult } from '@saasodoo/backups/domain';
import type { ObservedCondition } from '@saasodoo/instances/domain';

/** What an instance shows of the last drill of its backups. Pure. */
export function restorableCondition(
  { id, createdAt }: Pick<Backup, 'id' | 'createdAt'>,
  { status, error }: DrillResult,
): ObservedCondition {
  const which = `the backup ${id} of ${createdAt.toISOString()}`;
  if (status === 'passed') {
    const message = `${which} was restored in a throw-away place, and Odoo answered on it`;
    return { type: 'restorable', status: 'true', reason: 'DrillPassed', message };
  }
  const message = `${which} could not be restored in a throw-away place: ${error?.message ?? 'no reason is known'}`;
  return { type: 'restorable', status: 'false', reason: 'DrillFailed', message };
}
