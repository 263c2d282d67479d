import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { type ImageProfile, type OdooServiceSpec, tenantService } from '@saasodoo/odoo';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_ID_LABEL, Swarm, type SwarmService } from '@saasodoo/swarm';
import type { TenantContext } from '../context/tenant-context';
import { INSTANCE_STORAGE } from '../storage.provider';
import { TenantsConfig } from '../tenants-config';
import { specHash } from './spec-hash';
import { OPERATION_ID_LABEL, SPEC_LABEL, tenantConstraints } from './tenant-names';

export interface ConfigSecret {
  readonly secretId: string;
  readonly secretName: string;
}

export interface DeploymentWish {
  readonly config: ConfigSecret;
  /** Replace the task even when it is as it should be. */
  readonly renew: boolean;
}

/** What came of a deployment: wait for tasks of `revision`. */
export interface TenantDeployment {
  readonly serviceId: string;
  readonly revision: number;
  /** Of the service as the engine has it now. */
  readonly fingerprint: string;
  /** Whether a new task was asked for. */
  readonly renewed: boolean;
  /** What the engine left out of the specification, because it is too old to know it. */
  readonly dropped: readonly string[];
}

/** The service that an instance's Odoo runs as: made, or brought to what PostgreSQL says of it. */
@Injectable()
export class TenantServices {
  constructor(
    private readonly swarm: Swarm,
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly config: TenantsConfig,
  ) {}

  /** The instance's service; one-off jobs are none. Throws `swarm.ambiguous_label`. */
  find({ instance }: Pick<TenantContext, 'instance'>): Promise<SwarmService | undefined> {
    return this.swarm.services.getByLabel(INSTANCE_ID_LABEL, instance.id);
  }

  /**
   * One replica of the specification that the instance is meant to have. A service that is so already keeps its task
   * unless a new one is wanted; labels never restart it. Called again by the same operation it finds its own work.
   */
  async deploy(context: TenantContext, { config, renew }: DeploymentWish): Promise<TenantDeployment> {
    const spec = await this.specFor(context, config);
    const service = await this.find(context);
    if (service === undefined) return this.create(spec, context.signal);
    if (isWorkOf(context, service)) return found(service, true);
    if (!renew && isAsWanted(context, service, spec)) return this.relabel(service, spec);
    return this.apply(service, spec, context.signal);
  }

  /** The specification of an earlier shape of the instance, after a change that could not be had. */
  async restore(context: TenantContext, config: ConfigSecret): Promise<TenantDeployment> {
    const mark = undoneMark(context);
    const { labels, ...spec } = await this.specFor(context, config);
    const earlier = { ...spec, labels: { ...labels, [OPERATION_ID_LABEL]: mark } };
    const service = await this.find(context);
    if (service === undefined) return this.create(earlier, context.signal);
    if (service.labels[OPERATION_ID_LABEL] === mark && service.replicas === 1) return found(service, true);
    return this.apply(service, earlier, context.signal);
  }

  /** Whether the operation has brought it back to an earlier specification. */
  isRestored(context: Pick<TenantContext, 'operation'>, { labels }: SwarmService): boolean {
    return labels[OPERATION_ID_LABEL] === undoneMark(context);
  }

  private async create(spec: OdooServiceSpec, signal: AbortSignal): Promise<TenantDeployment> {
    const {
      id: serviceId,
      revision,
      fingerprint,
      dropped,
    } = await this.swarm.services.create(spec, { signal });
    return { serviceId, revision, fingerprint, renewed: true, dropped };
  }

  private async apply(
    service: SwarmService,
    spec: OdooServiceSpec,
    signal: AbortSignal,
  ): Promise<TenantDeployment> {
    const {
      id: serviceId,
      revision,
      fingerprint,
    } = await this.swarm.services.apply(service.id, spec, { signal });
    return { serviceId, revision, fingerprint, renewed: true, dropped: [] };
  }

  private async relabel(service: SwarmService, spec: OdooServiceSpec): Promise<TenantDeployment> {
    await this.swarm.services.updateLabels(service.id, spec.labels);
    return found(service, false);
  }

  private async specFor(context: TenantContext, config: ConfigSecret): Promise<OdooServiceSpec> {
    const networkId = await this.swarm.networks.resolve(this.config.TENANT_NETWORK);
    const { instance, labels, operation } = context;
    const { reference: image, profile } = context.image();
    const directory = storageDirectoryName(instance.databaseName, instance.id);
    const sessions = await this.storage.sessionsDirectory(directory, profile);
    const plain = tenantService({
      ...{ image, profile, labels, networkId, networkName: this.config.TENANT_NETWORK, config },
      name: instance.serviceName,
      limits: { cpus: instance.cpuLimit, memoryBytes: instance.memoryBytes },
      constraints: tenantConstraints(this.config),
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      route: { host: `${instance.databaseName}.${this.config.BASE_DOMAIN}` },
      dataDirectory: this.storage.path(directory),
      ...(instance.environment === undefined ? {} : { customerEnvironment: instance.environment }),
      revision: operation.generation,
      capabilities: this.swarm.capabilities,
    });
    const spec = { ...plain, mounts: [...plain.mounts, ...sessionsMount(sessions, profile)] };
    const marks = { [OPERATION_ID_LABEL]: operation.id, [SPEC_LABEL]: specHash(spec) };
    return { ...spec, labels: { ...spec.labels, ...marks } };
  }
}

/** Where sessions are among the files there is nothing to mount. */
function sessionsMount(
  source: string | undefined,
  { dataDirectory }: ImageProfile,
): OdooServiceSpec['mounts'] {
  return source === undefined ? [] : [{ type: 'bind', source, target: `${dataDirectory}/sessions` }];
}

function undoneMark({ operation }: Pick<TenantContext, 'operation'>): string {
  return `${operation.id}.undone`;
}

function isWorkOf({ operation }: TenantContext, { labels, replicas }: SwarmService): boolean {
  return labels[OPERATION_ID_LABEL] === operation.id && replicas === 1;
}

/** Deployed from this very specification, and edited by nobody since. */
function isAsWanted(
  { instance }: TenantContext,
  service: SwarmService,
  { labels }: OdooServiceSpec,
): boolean {
  return (
    service.replicas === 1 &&
    service.labels[SPEC_LABEL] === labels[SPEC_LABEL] &&
    service.fingerprint === instance.serviceFingerprint
  );
}

function found({ id, revision, fingerprint }: SwarmService, renewed: boolean): TenantDeployment {
  return { serviceId: id, revision, fingerprint, renewed, dropped: [] };
}
