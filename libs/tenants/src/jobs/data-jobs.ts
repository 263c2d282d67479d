import { Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { JOB_ID_LABEL, type JobResult, Swarm } from '@saasodoo/swarm';
import { tenantConstraints } from '../deployment/tenant-names';
import { removeServices } from '../removal/remove-service';
import { TenantsConfig } from '../tenants-config';
import { type DataJob, dataJobId, dataJobSpec, type JobContext, passwordFile } from './data-job';

/** Work on an instance's data (dump, restore, archive) as one-off services beside the data, so that no app needs its tools. */
@Injectable()
export class DataJobs {
  constructor(
    private readonly swarm: Swarm,
    private readonly config: TenantsConfig,
  ) {}

  /**
   * Runs the job to its end, or joins the one that an interrupted worker of this operation left running. Throws
   * `data_job.failed` (retryable, unless the script called its failure hopeless) with exit code and last lines, or Docker's reason.
   */
  async run(context: JobContext, job: DataJob): Promise<JobResult> {
    const { signal } = context;
    const jobId = dataJobId(job.name, context.operation.id);
    const labels = { ...context.labels, [JOB_ID_LABEL]: jobId };
    const secret =
      job.database === undefined
        ? undefined
        : await this.swarm.secrets.create({ name: jobId, labels, data: passwordFile(job.database), signal });
    const spec = dataJobSpec(job, await this.site(), { jobId, labels, secret });
    try {
      const onProgress = (text: string): void => void context.progress(`${job.name}: ${text}`);
      return await this.swarm.jobs.run(spec, { withinMs: job.withinMs, signal, onProgress });
    } catch (error) {
      throw failureOf(job, error);
    } finally {
      // Told to stop, the job goes on and is joined by whoever resumes.
      if (!signal.aborted) await this.removeSecret(jobId);
    }
  }

  /** Ends the job when it runs, and removes what belongs to it. */
  async clear({ operation, signal }: JobContext, name: string): Promise<void> {
    const jobId = dataJobId(name, operation.id);
    await removeServices(this.swarm, { [JOB_ID_LABEL]: jobId }, signal);
    await this.removeSecret(jobId);
  }

  private async removeSecret(jobId: string): Promise<void> {
    const secrets = await this.swarm.secrets.list({ labels: { [JOB_ID_LABEL]: jobId } });
    for (const { id } of secrets) await this.swarm.secrets.remove(id);
  }

  private async site() {
    return {
      image: this.config.DATA_JOB_IMAGE,
      networkId: await this.swarm.networks.resolve(this.config.TENANT_NETWORK),
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      databaseHost: this.config.TENANT_DATABASE_HOST,
      databasePort: this.config.TENANT_DATABASE_PORT,
      constraints: tenantConstraints(this.config),
    };
  }
}

/** What a script ends with may be better the next time: a server that restarted, a disk that was full. */
function failureOf({ name, hopeless = [] }: DataJob, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'swarm.exited') return error;
  const exitCode = Number(error.facts['exitCode']);
  const isHopeless = hopeless.includes(exitCode);
  const message = `the job ${name} ended with ${exitCode}`;
  const options = { cause: error, hint: 'Its last lines say why.', facts: error.facts };
  return isHopeless
    ? AppError.terminal('data_job.failed', message, options)
    : AppError.retryable('data_job.failed', message, options);
}
