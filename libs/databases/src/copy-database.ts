import { AppError } from '@saasodoo/kernel';
import { escapeLiteral } from 'pg';
import type { AdminConnections } from './admin-connections';
import { describeDatabase } from './database-description';
import { explainBusy, explainTaken, notOurs } from './instance-databases';
import { INSTANCE_ID_KEY, markText } from './marks';
import { quotedName, quotedOwnName } from './names';
import { transaction } from './sql-client';
import { endSessions } from './templates';

/** A second database of one instance. */
export interface DatabaseCopy {
  readonly from: string;
  readonly name: string;
  /** Owns both. */
  readonly owner: string;
  readonly instanceId: string;
  /** A copy of everything takes its time. */
  readonly withinMs: number;
}

/** Below it the checkpoints that FILE_COPY forces take longer than copying through the buffers. */
const FILE_COPY_FROM_BYTES = 1024 ** 3;

/**
 * Makes an exact copy, page by page. Sessions in the original end; nobody may use it meanwhile. The copy is never entered
 * here: functions and operators that a tenant left in it would run with all rights.
 * Throws `database.copy_source_missing`, `database.not_ours`, `database.name_taken`, `database.busy` (retryable).
 */
export async function copyDatabase(connections: AdminConnections, copy: DatabaseCopy): Promise<void> {
  const { from, name, owner, instanceId, withinMs } = copy;
  const { sql, server } = connections;
  const source = await describeDatabase(sql, from);
  if (source === undefined) throw sourceMissing(from);
  if (source.owner !== owner) throw notOurs(source, owner);
  await endSessions(sql, from);
  const [database, template] = [quotedOwnName(name), quotedOwnName(from)];
  const strategy = source.sizeBytes < FILE_COPY_FROM_BYTES ? 'WAL_LOG' : 'FILE_COPY';
  // Born closed: it is opened when nobody but its owner may enter.
  const statement = `CREATE DATABASE ${database} OWNER ${quotedName(owner)} TEMPLATE ${template} STRATEGY ${strategy} CONNECTION LIMIT 0`;
  await connections
    .held({ database: server.adminDatabase, statementTimeoutMs: withinMs }, (held) =>
      held.sql.query(statement),
    )
    .catch(explainBusy(from))
    .catch(explainTaken(name));
  const mark = markText({ [INSTANCE_ID_KEY]: instanceId }, server.platform);
  await connections.held({ database: server.adminDatabase }, (connection) =>
    transaction(connection.sql, async (held) => {
      await held.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
      await held.query(`COMMENT ON DATABASE ${database} IS ${escapeLiteral(mark)}`);
      await held.query(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
    }),
  );
}

function sourceMissing(name: string): AppError {
  return AppError.terminal('database.copy_source_missing', `there is no database ${name} to copy`, {
    hint: 'Restore the instance from a backup first.',
    facts: { database: name },
  });
}
