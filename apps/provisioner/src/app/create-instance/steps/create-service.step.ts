import { Inject, Injectable } from '@nestjs/common';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { tenantService } from '@saasodoo/odoo';
import type { JsonObject, Step, StepContext } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { Swarm } from '@saasodoo/swarm';
import { ProvisionerConfig } from '../../app.config';
import { INSTANCE_STORAGE } from '../../storage.provider';
import { outputOf } from '../../tenant/output-of';
import { removeService } from '../../tenant/remove-service';
import type { TenantContext } from '../../tenant/tenant-context';
import { TENANT_CONSTRAINTS } from '../../tenant/tenant-names';

/** The service that Odoo runs as; a service that carries the instance's label already is adopted. */
@Injectable()
export class CreateServiceStep implements Step<TenantContext> {
  readonly name = 'create-service';

  constructor(
    private readonly swarm: Swarm,
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly config: ProvisionerConfig,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const networkId = await this.swarm.networks.resolve(this.config.TENANT_NETWORK);
    const { instance, labels, operation } = context;
    const { reference: image, profile } = context.image();
    const spec = tenantService({
      ...{ image, profile, labels, networkId, networkName: this.config.TENANT_NETWORK },
      name: instance.serviceName,
      config: configOf(context.outputs),
      limits: { cpus: instance.cpuLimit, memoryBytes: instance.memoryBytes },
      constraints: TENANT_CONSTRAINTS,
      endpointMode: this.config.TENANT_ENDPOINT_MODE,
      route: { host: `${instance.databaseName}.${this.config.BASE_DOMAIN}` },
      dataDirectory: this.storage.path(storageDirectoryName(instance.databaseName, instance.id)),
      ...(instance.environment === undefined ? {} : { customerEnvironment: instance.environment }),
      revision: operation.generation,
      capabilities: this.swarm.capabilities,
    });
    const service = await this.swarm.services.create(spec, { signal: context.signal });
    return { service_id: service.id, revision: service.revision, dropped: service.dropped };
  }

  async undo(context: TenantContext): Promise<void> {
    await removeService(this.swarm, context);
  }
}

function configOf(outputs: StepContext['outputs']): { secretId: string; secretName: string } {
  return {
    secretId: outputOf(outputs, 'create-secret', 'secret_id'),
    secretName: outputOf(outputs, 'create-secret', 'secret_name'),
  };
}
