import type { Instance } from '@saasodoo/instances/domain';
import type { InstanceEntity, StoredConditions } from './instance.entity';

/** The row as the domain sees it: null becomes absent, and nothing sealed comes along. */
export function toInstance(row: InstanceEntity): Instance {
  const { nameClaimed, adminPasswordSealed, databasePasswordSealed, conditions, ...shown } = row;
  return { ...withoutNulls(shown), conditions: toConditions(conditions) };
}

type WithoutNulls<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

function withoutNulls<T extends object>(row: T): WithoutNulls<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as WithoutNulls<T>;
}

function toConditions(stored: StoredConditions): Instance['conditions'] {
  return Object.entries(stored).map(([type, condition]) => ({
    type,
    ...condition,
    since: new Date(condition.since),
  }));
}
