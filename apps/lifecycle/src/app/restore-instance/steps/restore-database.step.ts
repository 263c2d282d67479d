import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import { BackupsConfig } from '../../backups/backups.config';
import { InstanceData } from '../../backups/instance-data';
import { DAMAGED, RESTORE_DATABASE } from '../../backups/job-scripts';
import { readRowCounts } from '../../backups/read-dump-facts';
import { Workspace } from '../../backups/workspace';
import { RestoredBackups } from '../restored-backups';
import { FETCHED } from './fetch-backup.step';

const JOB = 'restore';

/** A database of its own beside the one in use, with as many rows in each table as were counted when it was dumped. */
@Injectable()
export class RestoreDatabaseStep implements Step<TenantContext> {
  readonly name = 'restore-database';
  readonly timeoutMs: number;

  constructor(
    private readonly jobs: DataJobs,
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly workspace: Workspace,
    private readonly restored: RestoredBackups,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, instance, image } = context;
    const { staged: name, owner } = this.data.databases(instance, operation.id);
    // A job that filled it in part cannot be continued.
    await this.undo(context);
    await this.databases.ensureDatabase({ name, owner, instanceId: instance.id });
    await this.jobs.run(context, {
      name: JOB,
      script: RESTORE_DATABASE,
      directories: { '/workspace': this.workspace.path(operation.id, FETCHED) },
      user: image().profile,
      database: await this.data.login(instance, name),
      hopeless: [DAMAGED],
      withinMs: this.timeoutMs,
    });
    const oid = (await this.databases.describe(name))?.oid ?? '';
    return { ...(await this.compare(context)), oid };
  }

  async undo(context: TenantContext): Promise<void> {
    const { staged, owner } = this.data.databases(context.instance, context.operation.id);
    await this.jobs.clear(context, JOB);
    await this.databases.dropDatabase(staged, { owner });
  }

  private async compare({ operation }: TenantContext): Promise<JsonObject> {
    const { manifest } = await this.restored.of(operation);
    const found = await readRowCounts(this.workspace.path(operation.id, FETCHED, 'restored-rows.tsv'));
    const wanted = manifest.database.tables;
    const tables = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
    const different = tables.filter((table) => found[table] !== wanted[table]);
    if (different.length > 0) throw rowsDiffer(different);
    return { tables: tables.length, rows: Object.values(found).reduce((sum, rows) => sum + rows, 0) };
  }
}

function rowsDiffer(tables: readonly string[]): AppError {
  return AppError.terminal('restore.rows_differ', 'what was restored has other rows than what was dumped', {
    hint: 'The instance is as it was. Use another backup.',
    facts: { tables: tables.slice(0, 20) },
  });
}
