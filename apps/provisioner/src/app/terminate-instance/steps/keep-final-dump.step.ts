import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName, finalDumpName, type Instance } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { FinalDumps } from '@saasodoo/storage';
import { DataJobs, type JobDatabase, type TenantContext } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { ProvisionerConfig } from '../../app.config';

const JOB = 'final-dump';
/** The user `postgres` of the jobs' image. Whoever the files belong to, a withdrawn Odoo image need not be asked. */
const DUMPING_USER = { uid: 999, gid: 999 } as const;

/** The dump gets its name when it was read back to its end: only then may the database be dropped. */
const SCRIPT = `set -euo pipefail
cd /final-dump
rm -f database.dump.partial
pg_dump --format=custom --compress=zstd:1 --file=database.dump.partial
pg_restore --list database.dump.partial >/dev/null
pg_restore --file=/dev/null database.dump.partial
sync database.dump.partial
mv database.dump.partial database.dump
`;

/** Keeps the database of an instance that ends, for the days that the site is configured to. */
@Injectable()
export class KeepFinalDumpStep implements Step<TenantContext> {
  readonly name = 'keep-final-dump';
  readonly timeoutMs: number;

  constructor(
    private readonly config: ProvisionerConfig,
    private readonly databases: TenantDatabases,
    private readonly dumps: FinalDumps,
    private readonly jobs: DataJobs,
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
  ) {
    this.timeoutMs = config.FINAL_DUMP_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { instance } = context;
    const name = finalDumpName(instance.databaseName, instance.id);
    if (this.config.FINAL_DUMP_DAYS === 0) return { kept: false, reason: 'this site keeps none' };
    if (!(await this.hasDatabase(instance))) return { kept: false, reason: 'there is no database' };
    await this.dumps.ensure(name, { instanceId: instance.id, ...DUMPING_USER });
    if (!(await this.dumps.hasDatabase(name))) await this.dump(context, name);
    return { kept: true, name, days: this.config.FINAL_DUMP_DAYS };
  }

  private async dump(context: TenantContext, name: string): Promise<void> {
    await this.jobs.run(context, {
      name: JOB,
      script: SCRIPT,
      directories: { '/final-dump': this.dumps.path(name) },
      user: DUMPING_USER,
      database: await this.login(context.instance),
      withinMs: this.timeoutMs,
    });
  }

  /** One that a creation has not finished holds nothing of its customer; one that was closed since is opened for the dump. */
  private async hasDatabase({ id, databaseName }: Instance): Promise<boolean> {
    const owner = databaseRoleName(id);
    const found = await this.databases.describe(databaseName);
    const isFinished = found?.owner === owner && found.instanceId === id && !found.isHalfDropped;
    if (isFinished && !found.allowsConnections) {
      await this.databases.setAccess(databaseName, { owner, open: true });
    }
    return isFinished;
  }

  private async login({ id, databaseName: name }: Instance): Promise<JobDatabase> {
    const { databasePassword: password } = await this.secrets.open(this.controlDatabase.manager, id);
    if (password !== undefined) return { name, user: databaseRoleName(id), password };
    throw AppError.terminal('instance.passwords_missing', `instance ${id} has no database password`, {
      hint: 'Without it no final dump can be made: dump the database by hand, then set FINAL_DUMP_DAYS=0.',
    });
  }
}
