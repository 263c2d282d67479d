import { Injectable } from '@nestjs/common';
import { type SqlClient, TenantDatabases } from '@saasodoo/databases';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import { readFile } from 'node:fs/promises';
import { BackupsConfig } from '../../backups/backups.config';
import { InstanceData } from '../../backups/instance-data';
import { readRowCounts } from '../../backups/read-dump-facts';
import { Workspace } from '../../backups/workspace';
import { LOAD_DUMP, REFUSED } from '../load-dump';
import { ReceivedImports } from '../received-imports';
import { DUMPED_ROWS } from './unpack-dump.step';

const JOB = 'load';
const BASE_VERSION = `SELECT latest_version AS version FROM public.ir_module_module WHERE name = 'base'`;

/**
 * The dump in a database of its own, which nobody uses yet, with as many rows in each table as the dump has. Everything in it
 * ran as the role of the instance to be, with no more rights than its Odoo will have.
 */
@Injectable()
export class LoadDatabaseStep implements Step<TenantContext> {
  readonly name = 'load-database';
  readonly timeoutMs: number;

  constructor(
    private readonly jobs: DataJobs,
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly workspace: Workspace,
    private readonly received: ReceivedImports,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, instance } = context;
    const { staged: name, owner } = this.data.databases(instance, operation.id);
    // A job that filled it in part cannot be continued.
    await this.undo(context);
    await this.databases.ensureDatabase({ name, owner, instanceId: instance.id });
    await this.load(context, name);
    await this.compareVersion(context, name);
    const oid = (await this.databases.describe(name))?.oid ?? '';
    return { ...(await this.compareRows(operation.id)), oid };
  }

  async undo(context: TenantContext): Promise<void> {
    const { staged, owner } = this.data.databases(context.instance, context.operation.id);
    await this.jobs.clear(context, JOB);
    await this.databases.dropDatabase(staged, { owner });
  }

  private async load(context: TenantContext, name: string): Promise<void> {
    try {
      await this.jobs.run(context, {
        name: JOB,
        script: LOAD_DUMP,
        directories: { '/workspace': this.workspace.path(context.operation.id) },
        user: context.image().profile,
        database: await this.data.login(context.instance, name),
        hopeless: [REFUSED],
        withinMs: this.timeoutMs,
      });
    } catch (error) {
      throw isRefusal(error) ? dumpRefused(error) : error;
    }
  }

  private async compareVersion({ operation, instance }: TenantContext, name: string): Promise<void> {
    const { contents } = await this.received.of(operation);
    const { user, password } = await this.data.login(instance);
    const read = (sql: SqlClient) => sql.query<{ version: string }>(BASE_VERSION);
    const [row] = await this.databases.withDatabase(name, read, { user, password });
    const said = contents?.base_version;
    if (row === undefined || (said !== undefined && said !== row.version)) throw differs(said, row?.version);
  }

  private async compareRows(operationId: string): Promise<JsonObject> {
    const found = await readRowCounts(this.workspace.path(operationId, 'loaded-rows.tsv'));
    const json = await readFile(this.workspace.path(operationId, DUMPED_ROWS), 'utf8');
    const dumped = Object.entries(JSON.parse(json) as Record<string, number>);
    const different = dumped
      .map(([table, rows]) => ({ table: table.replace(/^public\./, '').replaceAll('"', ''), rows }))
      .filter(({ table, rows }) => found[table] !== undefined && found[table] !== rows);
    if (different.length > 0) throw rowsDiffer(different.map(({ table }) => table));
    const counts = Object.values(found);
    return { tables: counts.length, rows: counts.reduce((sum, rows) => sum + rows, 0) };
  }
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'data_job.failed' && !error.retryable;
}

function dumpRefused(cause: AppError): AppError {
  return AppError.terminal('import.dump_refused', 'the database does not take dump.sql', {
    cause,
    httpStatus: 422,
    hint: "Its last lines say why. Only what Odoo's own database manager dumps is imported.",
    facts: cause.facts,
  });
}

function differs(said: string | undefined, found: string | undefined): AppError {
  return AppError.terminal('import.dump_differs', 'dump.sql and manifest.json are of different databases', {
    hint: "Send the zip that Odoo's own database manager makes, as it is.",
    facts: { said: said ?? null, found: found ?? null },
  });
}

function rowsDiffer(tables: readonly string[]): AppError {
  return AppError.terminal('import.rows_differ', 'tables have other rows than the dump', {
    hint: 'Something in the dump changes rows while it is loaded.',
    facts: { tables: tables.slice(0, 20) },
  });
}
