import type { OdooServiceSpec } from '@saasodoo/odoo';
import { createHash } from 'node:crypto';

const HASH_LENGTH = 16;

/** Tells specifications apart by what restarts a task; labels of the service and the revision do not. */
export function specHash({ labels: _labels, revision: _revision, ...spec }: OdooServiceSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, HASH_LENGTH);
}
