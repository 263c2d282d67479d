import { AppError, crashPoint } from '@saasodoo/kernel';
import { escapeLiteral } from 'pg';
import type { AdminConnections } from './admin-connections';
import { type DatabaseDescription, describeDatabase } from './database-description';
import { INSTANCE_ID_KEY, markText } from './marks';
import { quotedName, quotedOwnName } from './names';
import { codeOf, SQLSTATE } from './server-error';
import { lockUntilCommit, type SqlClient, transaction } from './sql-client';

export interface InstanceDatabase {
  readonly name: string;
  /** A role made by `ensureRole`, one per instance. */
  readonly owner: string;
  readonly instanceId: string;
  /** A sealed template; an empty database when absent. */
  readonly template?: string;
}

/** The builtin locale sorts alike on every image, so a database can move between servers without rebuilding indexes. */
const EMPTY = `TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`;
/** Copies through the buffers. FILE_COPY forces two checkpoints, which took 2 to 4 times as long for 20 MB. */
const CLONE_STRATEGY = 'STRATEGY WAL_LOG';

/**
 * Makes the database, or finishes one that a crash left half-made. It is born closed (CONNECTION LIMIT 0) and opens in
 * the transaction that hands its objects to the owner and takes it from everybody else.
 */
export async function ensureDatabase(connections: AdminConnections, wish: InstanceDatabase): Promise<void> {
  const { sql, server } = connections;
  let found = await ownDatabase(sql, wish);
  if (found?.isHalfDropped === true) {
    await connections.runLong(`DROP DATABASE IF EXISTS ${quotedOwnName(wish.name)} WITH (FORCE)`);
    found = undefined;
  }
  if (found === undefined) {
    if (wish.template !== undefined) await checkTemplate(sql, wish.template, server.adminUser);
    await createDatabase(connections, wish);
    crashPoint('databases.created');
    found = await ownDatabase(sql, wish);
  }
  if (found?.allowsConnections === true && found.instanceId === wish.instanceId) return;
  const mark = markText({ [INSTANCE_ID_KEY]: wish.instanceId }, server.platform);
  await connections.held({ database: wish.name }, (connection) => open(connection.sql, wish, mark));
  crashPoint('databases.opened');
}

/** Drops the database with all its sessions. Throws `database.not_ours` when somebody else owns it. */
export async function dropDatabase(
  connections: AdminConnections,
  name: string,
  { owner }: { readonly owner: string },
): Promise<void> {
  const { sql } = connections;
  const quoted = quotedOwnName(name);
  const found = await describeDatabase(sql, name);
  if (found === undefined) return;
  if (found.owner !== owner) throw notOurs(found, owner);
  // Its owner may have declared it one, which would keep it from being dropped.
  if (found.isTemplate) await sql.query(`ALTER DATABASE ${quoted} WITH IS_TEMPLATE false`);
  await connections.runLong(`DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`).catch(explainBusy(name));
}

/** Makes what only its builder may enter: see `createEmpty` in ./templates for why the administrator owns it. */
export async function createEmptyDatabase(connections: AdminConnections, name: string): Promise<void> {
  await connections
    .runLong(`CREATE DATABASE ${quotedOwnName(name)} ${EMPTY} CONNECTION LIMIT 0`)
    .catch(explainTaken(name));
}

/** For `catch`: another session uses the database, and it cannot be ended. */
export function explainBusy(name: string): (error: unknown) => never {
  return (error) => {
    if (codeOf(error) !== SQLSTATE.objectInUse) throw error;
    throw AppError.retryable('database.busy', `the database ${name} is in use`, {
      cause: error,
      hint: 'It is being cloned, or a prepared transaction or replication slot holds it; see pg_stat_activity.',
      facts: { database: name },
    });
  };
}

/** A database of a tenant is no template: its clone could not be told from it when objects are handed over. */
async function checkTemplate(sql: SqlClient, template: string, administrator: string): Promise<void> {
  const found = await describeDatabase(sql, template);
  if (found !== undefined && found.owner !== administrator) throw templateUnsafe(found.owner);
  if (found?.isTemplate !== true) throw templateBusy(template);
}

async function createDatabase(connections: AdminConnections, wish: InstanceDatabase): Promise<void> {
  const { name, owner, template } = wish;
  const source = template === undefined ? EMPTY : `TEMPLATE ${quotedOwnName(template)} ${CLONE_STRATEGY}`;
  try {
    await connections.runLong(
      `CREATE DATABASE ${quotedOwnName(name)} OWNER ${quotedName(owner)} ${source} CONNECTION LIMIT 0`,
    );
  } catch (error) {
    const code = codeOf(error);
    // Another attempt of ours made it in the meantime; whether it was ours is looked at next.
    if (code === SQLSTATE.duplicateDatabase || code === SQLSTATE.uniqueViolation) return;
    const isTemplateRace = code === SQLSTATE.objectInUse || code === SQLSTATE.undefinedDatabase;
    throw isTemplateRace && template !== undefined ? templateBusy(template, error) : error;
  }
}

/** The database under the wished name, when there is one. Throws `database.name_taken` when it is somebody else's. */
async function ownDatabase(
  sql: SqlClient,
  { name, owner, instanceId }: InstanceDatabase,
): Promise<DatabaseDescription | undefined> {
  const found = await describeDatabase(sql, name);
  if (found === undefined) return undefined;
  if (found.owner === owner && [undefined, instanceId].includes(found.instanceId)) return found;
  throw taken(name, { owner: found.owner });
}

/** Everything or nothing, so that a database which can be entered is a finished one. */
async function open(sql: SqlClient, { name, owner }: InstanceDatabase, mark: string): Promise<void> {
  const [database, role] = [quotedOwnName(name), quotedName(owner)];
  await transaction(sql, async () => {
    await lockUntilCommit(sql, 'open');
    for (const maker of await foreignOwners(sql, owner)) {
      await sql.query(`REASSIGN OWNED BY ${quotedName(maker)} TO ${role}`);
    }
    await sql.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    await sql.query(`COMMENT ON DATABASE ${database} IS ${escapeLiteral(mark)}`);
    await sql.query(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
  });
}

/**
 * Who owns objects that came with the template. REASSIGN OWNED also hands over the *databases* a role owns, all of them,
 * wherever it runs: a role that owns any is refused. What a superuser owns (extensions) stays.
 */
async function foreignOwners(sql: SqlClient, owner: string): Promise<string[]> {
  const rows = await sql.query<{ name: string; ownsDatabases: boolean }>(
    `SELECT r.rolname AS name, EXISTS (SELECT FROM pg_database o WHERE o.datdba = r.oid) AS "ownsDatabases"
       FROM pg_roles r
      WHERE NOT r.rolsuper AND r.rolname <> $1 AND EXISTS (
        SELECT FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
         WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'o')`,
    [owner],
  );
  const unsafe = rows.find(({ ownsDatabases }) => ownsDatabases);
  if (unsafe === undefined) return rows.map(({ name }) => name);
  throw templateUnsafe(unsafe.name);
}

function templateUnsafe(role: string): AppError {
  return AppError.terminal('database.template_unsafe', `the template, or what is in it, belongs to ${role}`, {
    hint: 'A template is made by createEmpty, for a role that owns no database.',
    facts: { role },
  });
}

/** For `catch`: there is a database of that name already. */
export function explainTaken(name: string): (error: unknown) => never {
  return (error) => {
    const code = codeOf(error);
    if (code !== SQLSTATE.duplicateDatabase && code !== SQLSTATE.uniqueViolation) throw error;
    throw taken(name, {}, error);
  };
}

function taken(name: string, facts: { readonly owner?: string }, cause?: unknown): AppError {
  return AppError.terminal(
    'database.name_taken',
    `there is a database ${name} already, and it is not this one`,
    {
      ...(cause === undefined ? {} : { cause }),
      hint: 'Choose another name.',
      facts: { database: name, ...facts },
      httpStatus: 409,
    },
  );
}

export function notOurs({ name, owner }: DatabaseDescription, expected: string): AppError {
  return AppError.terminal(
    'database.not_ours',
    `the database ${name} belongs to ${owner}, not to ${expected}`,
    {
      hint: 'Look at what is in it before anybody drops it.',
      facts: { database: name, owner, expected },
      httpStatus: 409,
    },
  );
}

function templateBusy(template: string, cause?: unknown): AppError {
  return AppError.retryable(
    'database.template_busy',
    `the template ${template} cannot be cloned at this moment`,
    {
      ...(cause === undefined ? {} : { cause }),
      hint: 'It is being built or refreshed; trying again helps once that is done.',
      facts: { template },
    },
  );
}
