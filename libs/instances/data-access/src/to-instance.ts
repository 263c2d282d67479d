import type { Instance } from '@saasodoo/instances/domain';
import { withoutNulls } from '@saasodoo/kernel';
import type { InstanceEntity, StoredConditions } from './instance.entity';

/** The row as the domain sees it: null becomes absent, and nothing sealed comes along. */
export function toInstance(row: InstanceEntity): Instance {
  const { nameClaimed, adminPasswordSealed, databasePasswordSealed, conditions, ...shown } = row;
  return { ...withoutNulls(shown), conditions: toConditions(conditions) };
}

function toConditions(stored: StoredConditions): Instance['conditions'] {
  return Object.entries(stored).map(([type, condition]) => ({
    type,
    ...condition,
    since: new Date(condition.since),
  }));
}
