import { AppError } from '@saasodoo/kernel';

// Matched before lower-casing, which would turn the Kelvin sign into a k.
const DNS_LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;

/** A DNS label and a service name have 63 characters; `odoo-`, `-` and 8 hex digits are taken from them. */
export const DATABASE_NAME_MAX_LENGTH = 49;

/** Names with a meaning to PostgreSQL, to the platform's own hosts, or to a visitor who would trust them. */
export const reservedDatabaseNames: ReadonlySet<string> = new Set([
  ...['postgres', 'template', 'template0', 'template1', 'information-schema', 'public', 'master', 'system'],
  ...['admin', 'administrator', 'root', 'test', 'temp', 'localhost', 'saasodoo', 'odoo', 'default'],
  ...[
    'api',
    'auth',
    'www',
    'app',
    'console',
    'billing',
    'edge',
    'static',
    'assets',
    'cdn',
    'docs',
    'help',
    'support',
  ],
  ...['mail', 'smtp', 'imap', 'webmail', 'ftp', 'ns1', 'ns2', 'notification', 'notifications', 'status'],
  ...[
    'traefik',
    'rabbitmq',
    'prometheus',
    'grafana',
    'alertmanager',
    'killbill',
    'docker',
    'registry',
    'swarm',
  ],
]);

/**
 * The database name as it is stored: lower case, a DNS label of 1 to 49 characters, since it is also the subdomain.
 * Throws `database_name.malformed` or `database_name.reserved`.
 */
export function normaliseDatabaseName(text: string): string {
  const name = text.toLowerCase();
  if (name.length > DATABASE_NAME_MAX_LENGTH || !DNS_LABEL.test(text)) {
    throw AppError.terminal('database_name.malformed', `'${text.slice(0, 80)}' cannot be a database name`, {
      httpStatus: 422,
      hint: `Use 1 to ${DATABASE_NAME_MAX_LENGTH} letters a-z, digits and hyphens, with a letter or digit at both ends.`,
      facts: { field: 'database_name' },
    });
  }
  if (reservedDatabaseNames.has(name)) {
    throw AppError.terminal('database_name.reserved', `the database name '${name}' is reserved`, {
      httpStatus: 422,
      hint: 'Choose another name.',
      facts: { field: 'database_name' },
    });
  }
  return name;
}
