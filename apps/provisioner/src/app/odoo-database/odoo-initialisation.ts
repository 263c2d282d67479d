import { Injectable } from '@nestjs/common';
import { randomSecret } from '@saasodoo/kernel';
import { type ImageProfile, initJob, renderOdooConfig, TEMPLATE } from '@saasodoo/odoo';
import { JOB_ID_LABEL, Swarm } from '@saasodoo/swarm';
import { removeServices, TENANT_CONSTRAINTS } from '@saasodoo/tenants';
import { ProvisionerConfig } from '../app.config';

export interface Initialisation {
  /** Names the job, its service and its secret. At most 60 characters. */
  readonly jobId: string;
  readonly image: string;
  readonly profile: ImageProfile;
  /** Empty, and open to the role. */
  readonly database: { readonly name: string; readonly role: string; readonly password: string };
  readonly demoData?: boolean;
  readonly language?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  progress(text: string): Promise<void>;
}

/** Initialising is one process at work; Odoo with demo data needs some 400 MiB for it. */
const JOB_LIMITS = { cpus: 1, memoryBytes: 1024 ** 3 };
const ENDED_WITHIN_MS = 480_000;

/** Makes an Odoo out of an empty database, by a one-off service beside the tenants. */
@Injectable()
export class OdooInitialisation {
  constructor(
    private readonly swarm: Swarm,
    private readonly config: ProvisionerConfig,
  ) {}

  /** Throws Docker's reason when the job cannot run, and `swarm.exited` with the end of its log when it fails. */
  async run(wanted: Initialisation): Promise<void> {
    // What a worker left that died is not joined: it works with a password that nobody knows any more.
    await this.clear(wanted.jobId, wanted.signal);
    const { id: secretId, name: secretName } = await this.swarm.secrets.create({
      name: wanted.jobId,
      labels: this.labels(wanted),
      data: this.odooConfig(wanted),
    });
    const networkId = await this.swarm.networks.resolve(this.config.TENANT_NETWORK);
    const { jobId, image, profile, database, demoData, language } = wanted;
    const job = initJob({
      ...{ jobId, name: jobId, image, profile, networkId, config: { secretId, secretName } },
      labels: this.labels(wanted),
      limits: JOB_LIMITS,
      constraints: TENANT_CONSTRAINTS,
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      databaseName: database.name,
      dataDirectory: TEMPLATE,
      ...(demoData === undefined ? {} : { demoData }),
      ...(language === undefined ? {} : { language }),
    });
    try {
      const onProgress = (text: string): void => void wanted.progress(text);
      await this.swarm.jobs.run(job, { withinMs: ENDED_WITHIN_MS, signal: wanted.signal, onProgress });
    } finally {
      if (!wanted.signal.aborted) await this.clear(jobId, wanted.signal);
    }
  }

  /** Removes the job with its secret; it has ended, or nobody waits for it any more. */
  async clear(jobId: string, signal: AbortSignal): Promise<void> {
    const labels = { [JOB_ID_LABEL]: jobId };
    await removeServices(this.swarm, labels, signal);
    for (const { id } of await this.swarm.secrets.list({ labels })) await this.swarm.secrets.remove(id);
  }

  private labels({ jobId, labels }: Initialisation): Record<string, string> {
    const platform = { 'saasodoo.managed': 'true', 'saasodoo.platform': this.config.PLATFORM_NAME };
    return { ...platform, ...labels, [JOB_ID_LABEL]: jobId };
  }

  private odooConfig({ profile, database }: Initialisation): string {
    return renderOdooConfig({
      profile,
      database: {
        host: this.config.TENANT_DATABASE_HOST,
        port: this.config.TENANT_DATABASE_PORT,
        user: database.role,
        password: database.password,
        name: database.name,
      },
      masterPassword: randomSecret(),
      memoryBytes: JOB_LIMITS.memoryBytes,
    });
  }
}
