import { Injectable } from '@nestjs/common';
import { DUMP_ENTRY } from '@saasodoo/backups/domain';
import { AppError, randomSecret } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { createWriteStream } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { BackupsConfig } from '../../backups/backups.config';
import { sizeOfFile, withBytesProgress } from '../../backups/bytes-progress';
import { Workspace } from '../../backups/workspace';
import { DumpLines } from '../dump/dump-lines';
import { runnableDump } from '../dump/runnable-dump';
import type { OpenImport } from '../open-import';
import { ReceivedImports } from '../received-imports';
import { entryContent } from '../zip/entry-content';

/** How many rows each table is to have, as counted in the dump. */
export const DUMPED_ROWS = 'dumped-rows.json';

/** The dump, read to its end and as psql may run it, where the job that loads it finds it. */
@Injectable()
export class UnpackDumpStep implements Step<TenantContext> {
  readonly name = 'unpack-dump';
  readonly timeoutMs: number;

  constructor(
    private readonly received: ReceivedImports,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, image } = context;
    const { uid, gid } = image().profile;
    await this.workspace.ensure(operation.id, { uid, gid });
    const path = this.workspace.path(operation.id, DUMP_ENTRY);
    const lines = new DumpLines();
    await this.received.with(operation, (zip) =>
      withBytesProgress(context, { what: 'unpacked', bytesSoFar: () => sizeOfFile(path) }, () =>
        unpack(zip, lines, { path, signal: context.signal }),
      ),
    );
    await chown(path, uid, gid);
    const rows = JSON.stringify(Object.fromEntries(lines.rows));
    await writeFile(this.workspace.path(operation.id, DUMPED_ROWS), rows, { mode: 0o600 });
    return { tables: lines.rows.size, bytes: await sizeOfFile(path) };
  }

  async undo({ operation }: TenantContext): Promise<void> {
    await this.workspace.remove(operation.id);
  }
}

async function unpack(
  { file, entries }: OpenImport,
  lines: DumpLines,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  const entry = entries.find(({ name }) => name === DUMP_ENTRY);
  if (entry === undefined)
    throw AppError.terminal('import.entry_missing', `there is no ${DUMP_ENTRY} any more`);
  const dump = runnableDump(plain(entryContent(file, entry)), lines, randomSecret().replace(/\W/g, ''));
  await pipeline(dump, createWriteStream(path, { mode: 0o600 }), { signal });
}

/** Throws `import.dump_not_plain` for a dump in a format of `pg_dump` that is no SQL. */
async function* plain(dump: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const piece of dump) {
    if (isFirst && piece.subarray(0, 5).toString('latin1') === 'PGDMP') throw notPlain();
    isFirst = false;
    yield piece;
  }
}

function notPlain(): AppError {
  return AppError.terminal('import.dump_not_plain', 'dump.sql is no SQL but a dump in a format of its own', {
    httpStatus: 422,
    hint: "Make the zip with Odoo's own database manager.",
  });
}
