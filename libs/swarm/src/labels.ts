export type Labels = Readonly<Record<string, string>>;

/** `true` on all that this platform made. */
export const MANAGED_LABEL = 'saasodoo.managed';

/** Whose a thing is. Two things with the same name and the same instance id are one and the same. */
export const INSTANCE_ID_LABEL = 'saasodoo.instance.id';

/** Names a one-off job, where there is no instance or one instance has several. */
export const JOB_ID_LABEL = 'saasodoo.job.id';

const IDENTITY_LABELS = [INSTANCE_ID_LABEL, JOB_ID_LABEL];

/** True when `wanted` names an owner and `found` names the same one: only then may it be adopted. */
export function sameOwner(wanted: Labels, found: Labels): boolean {
  const named = IDENTITY_LABELS.filter((key) => wanted[key] !== undefined);
  return named.length > 0 && named.every((key) => wanted[key] === found[key]);
}

/** A `filters` value as the engine takes it: `{"label":["key=value"]}`. */
export function labelFilter(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
