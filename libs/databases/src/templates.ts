import { escapeLiteral } from 'pg';
import type { AdminConnections } from './admin-connections';
import { type DatabaseDescription, describeDatabase } from './database-description';
import { createEmptyDatabase, explainBusy, notOurs } from './instance-databases';
import { markText, TEMPLATE_KEY, withPlatform } from './marks';
import { quotedName, quotedOwnName } from './names';
import { type SqlClient, transaction } from './sql-client';

const SESSIONS_END_WITHIN_MS = 10_000;
/** In the place of what a template is made of, until it is sealed. */
const BUILDING = 'building';

/**
 * Makes an empty database in which `builder` may make anything, as owner of its schema. The database itself stays the
 * administrator's: REASSIGN OWNED in a clone would hand over every database the builder owns.
 * Throws `database.name_taken`: what a crash left half-built is dropped first, never built on.
 */
export async function createEmpty(
  connections: AdminConnections,
  name: string,
  builder: string,
): Promise<void> {
  const [database, role] = [quotedOwnName(name), quotedName(builder)];
  await createEmptyDatabase(connections, name);
  const mark = markText({ [TEMPLATE_KEY]: BUILDING }, connections.server.platform);
  await connections.held({ database: name }, ({ sql }) =>
    transaction(sql, async () => {
      await sql.query(`COMMENT ON DATABASE ${database} IS ${escapeLiteral(mark)}`);
      await sql.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
      await sql.query(`GRANT CONNECT, TEMPORARY, CREATE ON DATABASE ${database} TO ${role}`);
      await sql.query(`ALTER SCHEMA public OWNER TO ${role}`);
      await sql.query(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
    }),
  );
}

/**
 * Makes it a template: nobody can enter it, everybody can be given a clone. `comment` is its mark, a JSON object whose
 * first key begins with `saasodoo.`; it appears together with the seal.
 */
export async function sealTemplate(
  connections: AdminConnections,
  name: string,
  comment: string,
): Promise<void> {
  const database = quotedOwnName(name);
  const { sql, server } = connections;
  await requireAdministrators(connections, name);
  await sql.query(`ALTER DATABASE ${database} WITH ALLOW_CONNECTIONS false`);
  await endSessions(sql, name);
  const mark = withPlatform(comment, server.platform);
  await connections.held({ database: server.adminDatabase }, (connection) =>
    transaction(connection.sql, async (held) => {
      await held.query(`COMMENT ON DATABASE ${database} IS ${escapeLiteral(mark)}`);
      await held.query(`ALTER DATABASE ${database} WITH IS_TEMPLATE true`);
    }),
  );
}

/** Opens it again for its builder; no clone is made of it meanwhile. */
export async function unsealTemplate(connections: AdminConnections, name: string): Promise<void> {
  const database = quotedOwnName(name);
  await requireAdministrators(connections, name);
  await connections.sql.query(`ALTER DATABASE ${database} WITH IS_TEMPLATE false ALLOW_CONNECTIONS true`);
}

/** Drops it, sealed, half-built or half-dropped. Throws `database.not_ours` for an instance's database, `database.busy` while cloned. */
export async function dropTemplate(connections: AdminConnections, name: string): Promise<void> {
  const database = quotedOwnName(name);
  const { sql } = connections;
  const found = await requireAdministrators(connections, name);
  if (found === undefined) return;
  // what an interrupted DROP left behind is no template any more, and refuses every ALTER
  if (found.isTemplate) await sql.query(`ALTER DATABASE ${database} WITH IS_TEMPLATE false`);
  await connections.runLong(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`).catch(explainBusy(name));
}

/** `undefined` when there is no such database. */
async function requireAdministrators(
  { sql, server }: AdminConnections,
  name: string,
): Promise<DatabaseDescription | undefined> {
  const found = await describeDatabase(sql, name);
  if (found === undefined) return undefined;
  if (found.owner === server.adminUser && name !== server.adminDatabase) return found;
  throw notOurs(found, server.adminUser);
}

/** A template that somebody is in cannot be cloned. Each one is waited for, since ending it takes its rollback. */
export async function endSessions(sql: SqlClient, name: string): Promise<void> {
  await sql.query(
    'SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE datname = $1 AND backend_type = $3',
    [name, SESSIONS_END_WITHIN_MS, 'client backend'],
  );
}
