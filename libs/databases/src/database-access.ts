import type { AdminConnections } from './admin-connections';
import { describeDatabase } from './database-description';
import { notOurs } from './instance-databases';
import { quotedOwnName } from './names';
import { endSessions } from './templates';

/**
 * Lets sessions into the database, or nobody, not even the administrator; then those inside end. Nothing in it is touched,
 * so it can be turned back. Does nothing for a database that is gone or half-dropped.
 * Throws `database.not_ours` when its owner is another one.
 */
export async function setDatabaseAccess(
  connections: AdminConnections,
  name: string,
  { owner, open }: { readonly owner: string; readonly open: boolean },
): Promise<void> {
  const { sql } = connections;
  const quoted = quotedOwnName(name);
  const found = await describeDatabase(sql, name);
  if (found === undefined || found.isHalfDropped) return;
  if (found.owner !== owner) throw notOurs(found, owner);
  await sql.query(`ALTER DATABASE ${quoted} WITH ALLOW_CONNECTIONS ${open}`);
  if (!open) await endSessions(sql, name);
}
