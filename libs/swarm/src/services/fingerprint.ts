import { createHash } from 'node:crypto';
import { type EngineFields, isFields } from './engine-spec';

const LENGTH = 32;

/**
 * Tells whether two specs would run the same task: 32 hexadecimal digits of what only a restart may change, which is the
 * task template, the endpoint and the kind of mode. The revision, the number of replicas and the labels of the service
 * do not count; nor do fields without content, which engines leave out.
 */
export function fingerprint({ TaskTemplate, EndpointSpec, Mode }: EngineFields): string {
  const template = isFields(TaskTemplate) ? { ...TaskTemplate, ForceUpdate: undefined } : {};
  const kind = isFields(Mode) ? Object.keys(Mode) : [];
  const text = JSON.stringify(canonical({ template, endpoint: EndpointSpec, kind }));
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}

/** The same fields always in the same order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isFields(value)) return value;
  const entries = Object.entries(value)
    .map(([key, field]) => [key, canonical(field)] as const)
    .filter(([, field]) => !isEmpty(field))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && Object.keys(value).length === 0;
}
