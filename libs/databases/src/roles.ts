import { AppError } from '@saasodoo/kernel';
import { escapeLiteral } from 'pg';
import type { AdminConnections } from './admin-connections';
import { markText, PLATFORM_KEY, readMark, ROLE_KEY } from './marks';
import { checkPassword, quotedOwnName } from './names';
import { scramVerifier } from './scram-verifier';
import { codeOf, SQLSTATE } from './server-error';
import { TENANTS_ROLE } from './server-preparation';
import { lockUntilCommit, type SqlClient, transaction } from './sql-client';

const CONNECTION_LIMIT = 64;
/** NOINHERIT: what a role may later be made a member of must not widen its rights by itself. */
const RIGHTS = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT ${CONNECTION_LIMIT}`;

/** Makes the role, or gives the existing one this password. Throws `database.not_ours` for a role we did not make. */
export async function ensureRole(
  connections: AdminConnections,
  role: string,
  password: string,
): Promise<void> {
  const quoted = quotedOwnName(role);
  checkPassword(password);
  const secret = escapeLiteral(await scramVerifier(password));
  const mark = escapeLiteral(markText({ [ROLE_KEY]: role }, connections.server.platform));
  await connections.held({ database: connections.server.adminDatabase }, ({ sql }) =>
    transaction(sql, async () => {
      await lockUntilCommit(sql, `role ${role}`);
      const verb = (await isOurRole(sql, role)) ? 'ALTER' : 'CREATE';
      await sql.query(`${verb} ROLE ${quoted} ${RIGHTS} PASSWORD ${secret}`);
      await sql.query(`GRANT ${TENANTS_ROLE} TO ${quoted} WITH INHERIT TRUE, SET FALSE`);
      await sql.query(`COMMENT ON ROLE ${quoted} IS ${mark}`);
    }),
  );
}

export interface RoleDescription {
  readonly oid: string;
  readonly name: string;
  /** The platform that made it. */
  readonly platform: string | undefined;
  readonly canLogIn: boolean;
  /** It owns something, or has been granted something, in a database of this server: it cannot go before that. */
  readonly isInUse: boolean;
}

type RoleRow = Omit<RoleDescription, 'platform'> & { readonly comment: string | null };

/** Membership in the tenants' role does not count: every role of ours has it. */
const SELECT_ROLES = `
  SELECT r.oid::text AS oid, r.rolname AS name, r.rolcanlogin AS "canLogIn",
         shobj_description(r.oid, 'pg_authid') AS comment,
         EXISTS (SELECT FROM pg_shdepend s WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
                   AND s.classid <> 'pg_auth_members'::regclass) AS "isInUse"
    FROM pg_roles r
   WHERE EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = to_regrole($1))
   ORDER BY r.rolname`;

/** The roles that were made by `ensureRole`, by whatever platform. */
export async function listRoles({ sql }: AdminConnections): Promise<RoleDescription[]> {
  const rows = await sql.query<RoleRow>(SELECT_ROLES, [TENANTS_ROLE]);
  return rows.map(({ comment, ...row }) => ({ ...row, platform: readMark(comment)[PLATFORM_KEY] }));
}

/** Lets the role log in, or not; then its sessions end too. Throws `database.not_ours`. */
export async function setRoleLogin(
  { sql }: AdminConnections,
  role: string,
  canLogIn: boolean,
): Promise<void> {
  const quoted = quotedOwnName(role);
  if (!(await isOurRole(sql, role))) return;
  await sql.query(`ALTER ROLE ${quoted} ${canLogIn ? 'LOGIN' : 'NOLOGIN'}`);
  if (!canLogIn) await endSessionsOf(sql, role);
}

/** Removes the role and ends its sessions. Its databases must be gone, else `database.role_in_use`. */
export async function dropRole(connections: AdminConnections, role: string): Promise<void> {
  const quoted = quotedOwnName(role);
  const { sql } = connections;
  if (!(await isOurRole(sql, role))) return;
  try {
    // First no new sessions, then no old ones: DROP ROLE leaves those alone.
    await sql.query(`ALTER ROLE ${quoted} NOLOGIN`);
    await endSessionsOf(sql, role);
    await sql.query(`DROP ROLE IF EXISTS ${quoted}`);
  } catch (error) {
    if (codeOf(error) !== SQLSTATE.dependentObjectsExist) throw error;
    throw AppError.terminal(
      'database.role_in_use',
      `role ${role} still owns something on ${connections.server.name}`,
      {
        cause: error,
        hint: 'Drop its databases first.',
        facts: { role },
        httpStatus: 409,
      },
    );
  }
}

async function endSessionsOf(sql: SqlClient, role: string): Promise<void> {
  await sql.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
}

/** False when there is no such role. Throws `database.not_ours` when there is one that we did not make. */
async function isOurRole(sql: SqlClient, role: string): Promise<boolean> {
  const [found] = await sql.query<{ ours: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = to_regrole($2)) AS ours
       FROM pg_roles r WHERE r.rolname = $1`,
    [role, TENANTS_ROLE],
  );
  if (found === undefined || found.ours) return found !== undefined;
  throw AppError.terminal('database.not_ours', `the role ${role} was not made by this platform`, {
    hint: 'Look at what uses it; rename it when it is in the way.',
    facts: { role },
    httpStatus: 409,
  });
}
