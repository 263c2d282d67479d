import { INSTANCE_ID_KEY, PLATFORM_KEY, readMark, TEMPLATE_KEY } from './marks';
import { TENANTS_ROLE } from './server-preparation';
import type { SqlClient } from './sql-client';

export interface DatabaseDescription {
  /** Another one for a database that is made anew under the same name. */
  readonly oid: string;
  readonly name: string;
  readonly owner: string;
  readonly comment: string | undefined;
  /** Whose database it says it is; whose it really is, its owner says. */
  readonly instanceId: string | undefined;
  /** The platform that it, or else its owner, is marked with. */
  readonly platform: string | undefined;
  readonly isTemplate: boolean;
  /** Made to become a template, and not finished. */
  readonly isHalfBuilt: boolean;
  /** False while it is being made, for a sealed template, and for what a crash left half-dropped. */
  readonly allowsConnections: boolean;
  /** Left over by an interrupted DROP DATABASE: it can only be dropped again. */
  readonly isHalfDropped: boolean;
  readonly sizeBytes: number;
  /** `undefined` outside the server's own tablespace. */
  readonly createdAt: Date | undefined;
}

/** A database's first file is written when it is made and never again; PostgreSQL itself keeps no such time. */
const SELECT = `
  SELECT d.oid::text AS oid, d.datname AS name, pg_get_userbyid(d.datdba) AS owner,
         shobj_description(d.oid, 'pg_database') AS comment,
         shobj_description(d.datdba, 'pg_authid') AS "ownerComment",
         d.datistemplate AS "isTemplate", d.datallowconn AND d.datconnlimit NOT IN (0, -2) AS "allowsConnections",
         d.datconnlimit = -2 AS "isHalfDropped", coalesce(pg_database_size(d.oid), 0)::float8 AS "sizeBytes",
         (pg_stat_file('base/' || d.oid || '/PG_VERSION', true)).modification AS "createdAt"
    FROM pg_database d`;

/** Ours is what a tenant's role owns, and what carries our comment (templates). */
const OURS = `
  WHERE EXISTS (SELECT FROM pg_auth_members m WHERE m.member = d.datdba AND m.roleid = to_regrole($1))
     OR shobj_description(d.oid, 'pg_database') LIKE '{"saasodoo.%'
  ORDER BY d.datname`;

type Derived = 'comment' | 'instanceId' | 'platform' | 'createdAt' | 'isHalfBuilt';

interface DatabaseRow extends Omit<DatabaseDescription, Derived> {
  readonly comment: string | null;
  readonly ownerComment: string | null;
  readonly createdAt: Date | null;
}

export async function describeDatabase(
  sql: SqlClient,
  name: string,
): Promise<DatabaseDescription | undefined> {
  const [row] = await sql.query<DatabaseRow>(`${SELECT} WHERE d.datname = $1`, [name]);
  return row === undefined ? undefined : description(row);
}

export async function listDatabases(sql: SqlClient): Promise<DatabaseDescription[]> {
  return (await sql.query<DatabaseRow>(`${SELECT} ${OURS}`, [TENANTS_ROLE])).map(description);
}

function description({ ownerComment, createdAt, comment, ...row }: DatabaseRow): DatabaseDescription {
  const mark = readMark(comment);
  return {
    ...row,
    comment: comment ?? undefined,
    createdAt: createdAt ?? undefined,
    isHalfBuilt: !row.isTemplate && mark[TEMPLATE_KEY] !== undefined,
    instanceId: mark[INSTANCE_ID_KEY],
    platform: mark[PLATFORM_KEY] ?? readMark(ownerComment)[PLATFORM_KEY],
  };
}
