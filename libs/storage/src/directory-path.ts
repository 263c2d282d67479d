import { AppError } from '@saasodoo/kernel';
import { join } from 'node:path';

const NAME = /^[a-z0-9][a-z0-9_-]{0,127}$/;

/** `{root}/odoo_instances/{name}`. The name is one plain segment, so that no path can lead out of the root. */
export function directoryPath(root: string, name: string): string {
  assertDirectoryName(name);
  return join(root, 'odoo_instances', name);
}

/** Throws `storage.name_malformed`. */
export function assertDirectoryName(name: string): void {
  if (NAME.test(name)) return;
  throw AppError.terminal('storage.name_malformed', `'${name}' is no name for an instance directory`, {
    hint: 'Use lower-case letters, digits, hyphens and underscores.',
  });
}
