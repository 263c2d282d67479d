import { Inject, Injectable } from '@nestjs/common';
import { randomSecret } from '@saasodoo/kernel';
import { probeJob, renderOdooConfig } from '@saasodoo/odoo';
import type { InstanceStorage } from '@saasodoo/storage';
import { JOB_ID_LABEL, type JobResult, type SecretRef, Swarm } from '@saasodoo/swarm';
import {
  dataJobId,
  DataJobs,
  INSTANCE_STORAGE,
  tenantConstraints,
  type TenantContext,
  TenantsConfig,
} from '@saasodoo/tenants';
import { InstanceData } from '../backups/instance-data';

const JOB = 'odoo';
/** Pulling a large image on a slow line is the longest that it may take to start. */
const STARTED_WITHIN_MS = 240_000;

/**
 * The Odoo of a drill: a one-off service with a secret of its own and no route, told from the instance's own by the label that
 * all jobs carry. What a customer gives the instance by environment it is not given: that may lead outside.
 */
@Injectable()
export class DrillOdoo {
  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly swarm: Swarm,
    private readonly jobs: DataJobs,
    private readonly data: InstanceData,
    private readonly config: TenantsConfig,
  ) {}

  get withinMs(): number {
    return STARTED_WITHIN_MS + this.config.TENANT_HTTP_TIMEOUT_MS;
  }

  /**
   * Returns when it has answered; joins the one that an interrupted worker of this operation left. Throws `swarm.exited` with
   * its last lines when it did not answer, and Docker's reason when it could not run.
   */
  async run(context: TenantContext): Promise<JobResult> {
    const { signal } = context;
    const { id, name } = await this.ensureSecret(context);
    const job = await this.jobFor(context, { secretId: id, secretName: name });
    try {
      const onProgress = (text: string): void => void context.progress(text);
      return await this.swarm.jobs.run(job, { withinMs: this.withinMs, signal, onProgress });
    } finally {
      if (!signal.aborted) await this.clear(context);
    }
  }

  async clear(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
  }

  private async ensureSecret(context: TenantContext): Promise<SecretRef> {
    const { instance, operation, image, signal } = context;
    const { staged } = this.data.databases(instance, operation.id);
    const database = {
      ...(await this.data.login(instance, staged)),
      host: this.config.TENANT_DATABASE_HOST,
      port: this.config.TENANT_DATABASE_PORT,
    };
    const { memoryBytes } = instance;
    const jobId = dataJobId(JOB, operation.id);
    return this.swarm.secrets.create({
      ...{ name: jobId, labels: { ...context.labels, [JOB_ID_LABEL]: jobId }, signal },
      data: renderOdooConfig({
        ...{ profile: image().profile, database, memoryBytes, masterPassword: randomSecret() },
      }),
    });
  }

  private async jobFor(context: TenantContext, config: { secretId: string; secretName: string }) {
    const { instance, operation, labels } = context;
    const { reference: image, profile } = context.image();
    const { staged } = this.data.directories(instance, operation.id);
    const sessions = await this.storage.sessionsDirectory(staged, profile);
    const jobId = dataJobId(JOB, operation.id);
    return probeJob({
      ...{ jobId, name: jobId, image, profile, labels, config },
      networkId: await this.swarm.networks.resolve(this.config.TENANT_NETWORK),
      limits: { cpus: instance.cpuLimit, memoryBytes: instance.memoryBytes },
      constraints: tenantConstraints(this.config),
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      dataDirectory: this.storage.path(staged),
      ...(sessions === undefined ? {} : { sessionsDirectory: sessions }),
      withinMs: this.config.TENANT_HTTP_TIMEOUT_MS,
    });
  }
}
