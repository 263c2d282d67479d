import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import { BackupsConfig } from '../../backups/backups.config';
import { sizeOfFile, withBytesProgress } from '../../backups/bytes-progress';
import { InstanceData, makesBackup } from '../../backups/instance-data';
import { DUMP_DATABASE } from '../../backups/job-scripts';
import { Workspace } from '../../backups/workspace';

const JOB = 'dump';

/** One snapshot of the database, read back to its end; Odoo goes on meanwhile. */
@Injectable()
export class DumpDatabaseStep implements Step<TenantContext> {
  readonly name = 'dump-database';
  readonly timeoutMs: number;

  constructor(
    private readonly jobs: DataJobs,
    private readonly data: InstanceData,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, instance, image } = context;
    const database = await this.data.login(instance);
    const draft = this.workspace.path(operation.id, 'database.dump.partial');
    const result = await withBytesProgress(
      context,
      { what: 'dumped', bytesSoFar: () => sizeOfFile(draft) },
      () =>
        this.jobs.run(context, {
          name: JOB,
          script: DUMP_DATABASE,
          directories: { '/workspace': this.workspace.path(operation.id) },
          user: image().profile,
          database,
          withinMs: this.timeoutMs,
        }),
    );
    const bytes = await sizeOfFile(this.workspace.path(operation.id, 'database.dump'));
    return { bytes, dumped_at: new Date().toISOString(), log: result.logTail };
  }

  async undo(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
  }
}
