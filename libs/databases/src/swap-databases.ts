import { AppError } from '@saasodoo/kernel';
import type { AdminConnections } from './admin-connections';
import { describeDatabase } from './database-description';
import { explainBusy, notOurs } from './instance-databases';
import { quotedOwnName } from './names';
import { type SqlClient, transaction } from './sql-client';
import { endSessions } from './templates';

/** Three databases of one instance by name: the one in use, the one to come, and the place for the one that goes. */
export interface DatabaseSwap {
  readonly owner: string;
  readonly live: string;
  readonly staged: string;
  readonly replaced: string;
  /** Of the staged database: names change, and this tells which one came in. */
  readonly stagedOid: string;
}

/**
 * The staged database takes the name of the live one, which is kept under the third name; both names change at once.
 * Nobody may use them. Done again, nothing changes.
 * Throws `database.staged_missing`, `database.not_ours`, `database.busy` (retryable).
 */
export async function swapIn(connections: AdminConnections, swap: DatabaseSwap): Promise<void> {
  const { live, staged, replaced, stagedOid } = swap;
  const inUse = await oidOf(connections.sql, live, swap);
  if (inUse === stagedOid) return;
  if ((await oidOf(connections.sql, staged, swap)) !== stagedOid) throw stagedMissing(staged);
  const incoming = [[staged, live]] as const;
  await rename(connections, inUse === undefined ? incoming : [[live, replaced], ...incoming]);
}

/** Undoes `swapIn`, whether or not it was done: what was live is so again, what came in is staged. */
export async function swapBack(connections: AdminConnections, swap: DatabaseSwap): Promise<void> {
  const { live, staged, replaced, stagedOid } = swap;
  if ((await oidOf(connections.sql, live, swap)) !== stagedOid) return;
  const isKept = (await oidOf(connections.sql, replaced, swap)) !== undefined;
  const outgoing = [[live, staged]] as const;
  await rename(connections, isKept ? [...outgoing, [replaced, live]] : outgoing);
}

async function oidOf(sql: SqlClient, name: string, { owner }: DatabaseSwap): Promise<string | undefined> {
  const found = await describeDatabase(sql, name);
  if (found !== undefined && found.owner !== owner) throw notOurs(found, owner);
  return found?.oid;
}

function stagedMissing(name: string): AppError {
  return AppError.terminal(
    'database.staged_missing',
    `the database ${name} is not the one that was prepared`,
    {
      hint: 'Somebody removed it meanwhile. Nothing was changed; begin again.',
      facts: { database: name },
    },
  );
}

async function rename(
  connections: AdminConnections,
  renames: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  for (const [from] of renames) await endSessions(connections.sql, from);
  await connections
    .held({ database: connections.server.adminDatabase }, ({ sql }) =>
      transaction(sql, async () => {
        for (const [from, to] of renames) {
          await sql.query(`ALTER DATABASE ${quotedOwnName(from)} RENAME TO ${quotedOwnName(to)}`);
        }
      }),
    )
    .catch(explainBusy(renames.map(([from]) => from).join(', ')));
}
