import { TENANTS_ROLE } from './server-preparation';
import type { SqlClient } from './sql-client';

export interface DatabaseDescription {
  readonly name: string;
  readonly owner: string;
  readonly comment: string | undefined;
  /** Whose database it says it is; whose it really is, its owner says. */
  readonly instanceId: string | undefined;
  readonly isTemplate: boolean;
  /** False while it is being made, for a sealed template, and for what a crash left half-dropped. */
  readonly allowsConnections: boolean;
  /** Left over by an interrupted DROP DATABASE: it can only be dropped again. */
  readonly isHalfDropped: boolean;
  readonly sizeBytes: number;
}

export const INSTANCE_ID_KEY = 'saasodoo.instance.id';

const SELECT = `
  SELECT d.datname AS name, pg_get_userbyid(d.datdba) AS owner, shobj_description(d.oid, 'pg_database') AS comment,
         d.datistemplate AS "isTemplate", d.datallowconn AND d.datconnlimit NOT IN (0, -2) AS "allowsConnections",
         d.datconnlimit = -2 AS "isHalfDropped", coalesce(pg_database_size(d.oid), 0)::float8 AS "sizeBytes"
    FROM pg_database d`;

/** Ours is what a tenant's role owns, and what carries our comment (templates). */
const OURS = `
  WHERE EXISTS (SELECT FROM pg_auth_members m WHERE m.member = d.datdba AND m.roleid = to_regrole($1))
     OR shobj_description(d.oid, 'pg_database') LIKE '{"saasodoo.%'
  ORDER BY d.datname`;

type DatabaseRow = Omit<DatabaseDescription, 'comment' | 'instanceId'> & { readonly comment: string | null };

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

/** The comment of an instance's database. */
export function instanceMarker(instanceId: string): string {
  return JSON.stringify({ [INSTANCE_ID_KEY]: instanceId });
}

function description(row: DatabaseRow): DatabaseDescription {
  const comment = row.comment ?? undefined;
  return { ...row, comment, instanceId: comment === undefined ? undefined : markedInstance(comment) };
}

/** Anybody may write a comment, so what is not JSON is no mark rather than an error. */
function markedInstance(comment: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(comment);
    const id: unknown =
      typeof parsed === 'object' && parsed !== null
        ? (Reflect.get(parsed, INSTANCE_ID_KEY) as unknown)
        : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
