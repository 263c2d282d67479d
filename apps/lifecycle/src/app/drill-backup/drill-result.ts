import { type DrillResult, type DrillStatus } from '@saasodoo/backups/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { JsonObject, Operation } from '@saasodoo/operations/domain';
import { outputsOf } from '@saasodoo/tenants';

export interface DrillEnd {
  readonly status: DrillStatus;
  readonly error: ErrorRecord | undefined;
  readonly now: Date;
}

const PROBE = 'probe-odoo';

/** Whether an Odoo has answered on the backup's data. */
export function hasAnswered(operation: Operation): boolean {
  return outputsOf(operation)[PROBE] !== undefined;
}

export function isScheduled({ input }: Pick<Operation, 'input'>): boolean {
  return input['scheduled'] === true;
}

/** What the steps of a drill have found. Pure. */
export function drillResult(operation: Operation, { status, error, now }: DrillEnd): DrillResult {
  const outputs = outputsOf(operation);
  const answeredAt = operation.steps.find(({ name }) => name === PROBE)?.endedAt;
  const until = status === 'passed' ? (answeredAt ?? now) : now;
  return {
    ...{ status, at: now.toISOString(), operation_id: operation.id, scheduled: isScheduled(operation) },
    duration_ms: Math.max(0, until.getTime() - (operation.startedAt ?? until).getTime()),
    ...count('restored_bytes', outputs['fetch-backup'], 'bytes'),
    ...count('rows', outputs['restore-database'], 'rows'),
    ...count('files', outputs['restore-files'], 'count'),
    ...(status === 'failed' && error !== undefined ? { error } : {}),
  };
}

function count<Name extends string>(
  name: Name,
  output: JsonObject | undefined,
  key: string,
): { readonly [Key in Name]?: number } {
  const value = output?.[key];
  const found: { [Key in Name]?: number } = {};
  if (typeof value === 'number') found[name] = value;
  return found;
}
