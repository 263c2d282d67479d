import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import type { ContractRegistry } from '../contract-registry';

export interface PayloadSchema {
  readonly kind: 'command' | 'event';
  readonly consumers: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** JSON Schema of every payload by message type: what `contracts.lock.json` holds. */
export type ContractSchemas = Readonly<Record<string, PayloadSchema>>;

export function contractSchemas(contracts: ContractRegistry): ContractSchemas {
  const schemas = validationMetadatasToSchemas();
  const entries = contracts.all.map(({ type, kind, consumers, payload }): [string, PayloadSchema] => {
    const schema = schemas[payload.name];
    return [
      type,
      {
        kind,
        consumers,
        properties: schema?.properties ?? {},
        required: [...(schema?.required ?? [])].sort(),
      },
    ];
  });
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
}
