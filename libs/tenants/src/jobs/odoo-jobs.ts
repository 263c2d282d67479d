import { Injectable } from '@nestjs/common';
import { AppError, randomSecret } from '@saasodoo/kernel';
import { renderOdooConfig, upgradeJob, type UpgradeWork } from '@saasodoo/odoo';
import { JOB_ID_LABEL, type JobResult, Swarm } from '@saasodoo/swarm';
import type { TenantContext, TenantImage } from '../context/tenant-context';
import { tenantConstraints } from '../deployment/tenant-names';
import { TenantsConfig } from '../tenants-config';
import { dataJobId, type JobDatabase } from './data-job';
import { DataJobs } from './data-jobs';

/** What an image of Odoo does once with an instance's data. */
export interface OdooJob {
  /** As `DataJob.name`. */
  readonly name: string;
  readonly image: TenantImage;
  readonly work: UpgradeWork;
  readonly database: JobDatabase;
  /** On the node; see `upgradeJob`. */
  readonly directory?: string;
  /** Never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly withinMs: number;
}

/** What a server needs for a page is not enough to load every module at once. */
const LEAST = { cpus: 1, memoryBytes: 1024 ** 3 };

/** Jobs that need Odoo itself, as one-off services with a configuration as the instance's own server has it. */
@Injectable()
export class OdooJobs {
  constructor(
    private readonly swarm: Swarm,
    private readonly config: TenantsConfig,
    private readonly jobs: DataJobs,
  ) {}

  /**
   * Runs the job to its end. What an interrupted worker has left of it ends first: what it works on may be half done.
   * Throws `odoo_job.failed` with exit code and last lines, or Docker's reason.
   */
  async run(context: TenantContext, job: OdooJob): Promise<JobResult> {
    const { signal } = context;
    await this.clear(context, job.name);
    const spec = await this.specFor(context, job);
    try {
      const onProgress = (text: string): void => void context.progress(`${job.name}: ${text}`);
      return await this.swarm.jobs.run(spec, { withinMs: job.withinMs, signal, onProgress });
    } catch (error) {
      throw failureOf(job, error);
    } finally {
      if (!signal.aborted) await this.clear(context, job.name);
    }
  }

  /** Ends the job when it runs, and removes what belongs to it. */
  async clear(context: TenantContext, name: string): Promise<void> {
    await this.jobs.clear(context, name);
  }

  private async specFor(context: TenantContext, job: OdooJob) {
    const { instance, operation, labels, signal } = context;
    const jobId = dataJobId(job.name, operation.id);
    const { id: secretId, name: secretName } = await this.swarm.secrets.create({
      ...{ name: jobId, signal, data: this.odooConfig(context, job) },
      labels: { ...labels, [JOB_ID_LABEL]: jobId },
    });
    return upgradeJob({
      ...{ jobId, name: jobId, labels, config: { secretId, secretName }, work: job.work },
      ...{ image: job.image.reference, profile: job.image.profile, databaseName: job.database.name },
      networkId: await this.swarm.networks.resolve(this.config.TENANT_NETWORK),
      limits: limitsOf(context),
      constraints: tenantConstraints(this.config),
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      ...(job.directory === undefined ? {} : { dataDirectory: job.directory }),
      ...(job.environment === undefined ? {} : { environment: job.environment }),
      ...(instance.environment === undefined ? {} : { customerEnvironment: instance.environment }),
    });
  }

  private odooConfig(context: TenantContext, { image, database }: OdooJob): string {
    return renderOdooConfig({
      profile: image.profile,
      database: {
        ...database,
        host: this.config.TENANT_DATABASE_HOST,
        port: this.config.TENANT_DATABASE_PORT,
      },
      masterPassword: randomSecret(),
      memoryBytes: limitsOf(context).memoryBytes,
    });
  }
}

function limitsOf({ instance }: TenantContext) {
  return {
    cpus: Math.max(LEAST.cpus, instance.cpuLimit),
    memoryBytes: Math.max(LEAST.memoryBytes, instance.memoryBytes),
  };
}

/** What Odoo says of the data, it says again. */
function failureOf({ name }: OdooJob, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'swarm.exited') return error;
  const exitCode = Number(error.facts['exitCode']);
  return AppError.terminal('odoo_job.failed', `the job ${name} ended with ${exitCode}`, {
    cause: error,
    hint: 'Its last lines say why. The data of the instance is as it was.',
    facts: error.facts,
  });
}
