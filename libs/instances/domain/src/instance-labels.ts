import type { Instance } from './instance';

const NOT_PRINTABLE = /[^\x20-\x7e]+/g;
const LABEL_VALUE_MAX_LENGTH = 128;

/** The labels that everything outside PostgreSQL carries; ownership is read from them and from nothing else. */
export function instanceLabels({
  id,
  name,
  customerId,
  generation,
}: Pick<Instance, 'id' | 'name' | 'customerId' | 'generation'>): Record<string, string> {
  return {
    'saasodoo.managed': 'true',
    'saasodoo.instance.id': id,
    'saasodoo.instance.name': labelValue(name),
    'saasodoo.customer.id': customerId,
    'saasodoo.generation': String(generation),
  };
}

/** Names are free text; labels end up in shells, logs and filters, so what is not printable ASCII becomes `_`. */
function labelValue(text: string): string {
  return text.replace(NOT_PRINTABLE, '_').slice(0, LABEL_VALUE_MAX_LENGTH);
}
