import { isDeepStrictEqual } from 'node:util';
import type { ContractSchemas, PayloadSchema } from './contract-schemas';

/** Sentences about what old senders, old receivers or messages under way would trip over; additions are fine. */
export function breakingChanges(locked: ContractSchemas, current: ContractSchemas): string[] {
  return Object.entries(locked).flatMap(([type, before]) => {
    const after = current[type];
    return after === undefined ? [`${type} is gone`] : payloadChanges(type, before, after);
  });
}

function payloadChanges(type: string, before: PayloadSchema, after: PayloadSchema): string[] {
  const fields = Object.entries(before.properties).flatMap(([field, schema]) => {
    if (!(field in after.properties)) return [`${type} lost the field ${field}`];
    return isDeepStrictEqual(schema, after.properties[field]) ? [] : [`${type} changed the field ${field}`];
  });
  const demanded = after.required.filter((field) => !before.required.includes(field));
  const optional = before.required.filter((field) => !after.required.includes(field));
  return [
    ...fields,
    ...demanded.map((field) => `${type} now requires ${field}, which messages under way lack`),
    ...optional.map((field) => `${type} no longer promises ${field}, which receivers rely on`),
    ...(before.kind === after.kind ? [] : [`${type} was a ${before.kind}`]),
  ];
}
