/** Who asks; `owner` is the customer whose instance it is, `stranger` another one. */
export const askers = ['anonymous', 'owner', 'stranger', 'support', 'admin'] as const;
export type Asker = (typeof askers)[number];

/** `in`: whoever asks gets past the doors, whatever the answer is then; the numbers are refusals. */
export type Verdict = 'in' | 401 | 403 | 404;

export interface Route {
  readonly method: string;
  /** As the API's description writes it. */
  readonly path: string;
  readonly verdicts: Readonly<Record<Asker, Verdict>>;
  readonly json?: object;
}

const table = (...verdicts: readonly [Verdict, Verdict, Verdict, Verdict, Verdict]): Route['verdicts'] => {
  const [anonymous, owner, stranger, support, admin] = verdicts;
  return { anonymous, owner, stranger, support, admin };
};

const EVERYBODY = table('in', 'in', 'in', 'in', 'in');
/** What is the caller's own in any case: a list, an account. */
const ACCOUNT = table(401, 'in', 'in', 'in', 'in');
/** Support changes nothing, not even what would be its own. */
const OWN_CHANGE = table(401, 'in', 'in', 403, 'in');
const READ = table(401, 'in', 404, 'in', 'in');
/** A secret is for its owner alone. */
const SECRET = table(401, 'in', 404, 404, 404);
const CHANGE = table(401, 'in', 404, 403, 'in');
const OPERATORS_CHANGE = table(401, 403, 403, 403, 'in');
const OPERATORS_READ = table(401, 403, 403, 'in', 'in');

const INSTANCE = '/instance/instances/{id}';
const OPERATION = '/instance/operations/{id}';
const BACKUP = '/instance/backups/{id}';
const IMPORT = '/instance/imports/{id}';
const SERVICE = '/instance/monitoring/services/{service_name}';

const route = (method: string, path: string, verdicts: Route['verdicts'], json?: object): Route => {
  return { method, path, verdicts, ...(json === undefined ? {} : { json }) };
};

/** Every route there is, and who may enter it. */
export const accessTable: readonly Route[] = [
  route('POST', '/register', EVERYBODY, {}),
  route('POST', '/login', EVERYBODY, {}),
  route('POST', '/refresh', EVERYBODY, {}),
  route('POST', '/logout', ACCOUNT, { refresh_token: 'not mine' }),
  route('GET', '/me', ACCOUNT),

  route('GET', '/instance/versions', ACCOUNT),
  route('GET', '/instance/quota', ACCOUNT),
  route('GET', '/instance/audit', ACCOUNT),
  route('GET', '/instance/events', ACCOUNT),
  route('GET', '/instance/instances', ACCOUNT),
  route('POST', '/instance/instances', OWN_CHANGE, {}),
  route('GET', '/instance/operations', ACCOUNT),

  route('GET', INSTANCE, READ),
  route('PATCH', INSTANCE, CHANGE, { name: 'Another' }),
  route('DELETE', INSTANCE, CHANGE),
  route('GET', `${INSTANCE}/credentials`, SECRET),
  route('GET', `${INSTANCE}/health`, READ),
  route('GET', `${INSTANCE}/history`, READ),
  route('GET', `${INSTANCE}/diagnosis`, READ),
  route('GET', `${INSTANCE}/logs`, READ),
  route('POST', `${INSTANCE}/start`, CHANGE),
  route('POST', `${INSTANCE}/unpause`, CHANGE),
  route('POST', `${INSTANCE}/stop`, CHANGE),
  route('POST', `${INSTANCE}/restart`, CHANGE),
  route('POST', `${INSTANCE}/actions`, CHANGE, { action: 'restart' }),
  route('POST', `${INSTANCE}/suspend`, OPERATORS_CHANGE, { reason: 'unpaid' }),
  route('POST', `${INSTANCE}/resume`, OPERATORS_CHANGE),
  route('POST', `${INSTANCE}/redeploy`, OPERATORS_CHANGE),
  route('POST', `${INSTANCE}/upgrade`, CHANGE, { modules: ['all'] }),

  route('GET', OPERATION, READ),
  route('GET', `${OPERATION}/events`, READ),
  route('POST', `${OPERATION}/cancel`, CHANGE),

  route('GET', `${INSTANCE}/backups`, READ),
  route('POST', `${INSTANCE}/backups`, CHANGE),
  route('GET', `${INSTANCE}/backup-schedule`, READ),
  route('PUT', `${INSTANCE}/backup-schedule`, CHANGE, { hour: 3 }),
  route('GET', BACKUP, READ),
  route('DELETE', BACKUP, CHANGE),
  route('POST', `${BACKUP}/restore`, CHANGE, {}),
  route('POST', `${BACKUP}/drill`, CHANGE),
  route('POST', `${BACKUP}/copy`, CHANGE, { name: 'Copy', database_name: 'copy-of-it' }),
  // A whole database, with all its secrets: nothing for support.
  route('GET', `${BACKUP}/download`, CHANGE),

  // All that somebody has: nothing for support.
  route('GET', '/instance/export', OWN_CHANGE),
  route('GET', '/instance/imports', ACCOUNT),
  route('POST', '/instance/imports', OWN_CHANGE, {}),
  route('GET', IMPORT, READ),
  route('DELETE', IMPORT, CHANGE),
  route('PUT', `${IMPORT}/content`, CHANGE),
  route('POST', `${IMPORT}/instance`, CHANGE, {
    ...{ name: 'Moved', database_name: 'moved-here', admin_email: 'me@example.com' },
  }),

  route('GET', '/instance/monitoring/services', ACCOUNT),
  route('GET', `${SERVICE}/health`, READ),
  route('GET', `${SERVICE}/status`, READ),
  route('POST', `${SERVICE}/sync`, CHANGE),

  route('GET', '/admin/audit', OPERATORS_READ),
  route('PUT', '/admin/backups/{id}/expiry', OPERATORS_CHANGE, { expires_at: '2100-01-01T00:00:00Z' }),
  route('GET', '/admin/customers', OPERATORS_READ),
  route('GET', '/admin/customers/{id}', OPERATORS_READ),
  route('PATCH', '/admin/customers/{id}', OPERATORS_CHANGE, { role: 'customer' }),
  route('PUT', '/admin/customers/{id}/quota', OPERATORS_CHANGE, {}),
  route('GET', '/admin/customers/{id}/export', OPERATORS_CHANGE),
  route('GET', '/admin/instances', OPERATORS_READ),
  route('GET', '/admin/failed-instances', OPERATORS_READ),
  route('GET', '/admin/operations', OPERATORS_READ),
  route('POST', '/admin/operations/{id}/retry', OPERATORS_CHANGE),
  route('POST', '/admin/operations/{id}/cancel', OPERATORS_CHANGE),
  route('GET', '/admin/backups', OPERATORS_READ),
  route('GET', '/admin/stats', OPERATORS_READ),
  route('GET', '/admin/dead-letters', OPERATORS_READ),
  route('GET', '/admin/dead-letters/{id}', OPERATORS_READ),
  route('POST', '/admin/dead-letters/{id}/redrive', OPERATORS_CHANGE),
  route('POST', '/admin/dead-letters/redrive', OPERATORS_CHANGE),
  route('GET', '/admin/janitor/report', OPERATORS_READ),
  route('POST', '/admin/janitor/run', OPERATORS_CHANGE),
  route('GET', '/admin/tombstones', OPERATORS_READ),
];
