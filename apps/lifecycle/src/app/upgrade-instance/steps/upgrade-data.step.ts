import { Injectable } from '@nestjs/common';
import { crashPoint } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { imageFor, type OdooJob, OdooJobs, type TenantContext } from '@saasodoo/tenants';
import { InstanceData } from '../../backups/instance-data';
import { checkedUpgrade } from '../checked-upgrade';
import { DataCopies } from '../data-copies';
import { ModuleStates } from '../module-states';
import { UpgradesConfig } from '../upgrades.config';

const JOB = 'upgrade';

/**
 * A copy of the data, upgraded by the new image. What the instance has is read and not touched. An upgrade that was
 * interrupted cannot be continued, so each attempt begins with a new copy.
 */
@Injectable()
export class UpgradeDataStep implements Step<TenantContext> {
  readonly name = 'upgrade-data';
  readonly timeoutMs: number;

  constructor(
    private readonly copies: DataCopies,
    private readonly jobs: OdooJobs,
    private readonly states: ModuleStates,
    private readonly data: InstanceData,
    private readonly config: UpgradesConfig,
  ) {
    this.timeoutMs = config.UPGRADE_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    await this.undo(context);
    await context.progress('copying database and files');
    const job = await this.jobFor(context);
    const { uid, gid } = job.image.profile;
    await this.copies.make(context, { uid, gid, links: 'modules' in job.work });
    crashPoint('upgrade.upgrade-data.copied');
    const before = await this.states.pending(job.database);
    const { logTail } = await this.jobs.run(context, job);
    crashPoint('upgrade.upgrade-data.ran');
    await this.states.assertSettled(job.database, before);
    return { ...(await this.copies.finish(context)), log: logTail };
  }

  async undo(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
    await this.copies.remove(context);
  }

  private async jobFor(context: TenantContext): Promise<OdooJob> {
    const { instance, outputs } = context;
    const { from, to, modules, major } = checkedUpgrade(outputs);
    const { directory, databaseName } = this.copies.places(context);
    return {
      ...{ name: JOB, directory, withinMs: this.config.UPGRADE_JOB_TIMEOUT_MS },
      image: imageFor(major?.image ?? to.odooImage, to.odooVersion),
      database: await this.data.login(instance, databaseName),
      work: major === undefined ? { modules } : { command: major.command },
      environment: {
        SAASODOO_DATABASE: databaseName,
        SAASODOO_FROM_VERSION: from.odooVersion,
        SAASODOO_TO_VERSION: to.odooVersion,
      },
    };
  }
}
