import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { type TenantContext, TenantsConfig } from '@saasodoo/tenants';

/** The overlay network of the tenants; a Swarm that was initialised anew has none. */
@Injectable()
export class EnsureNetworkStep implements Step<TenantContext> {
  readonly name = 'ensure-network';

  constructor(
    private readonly swarm: Swarm,
    private readonly config: TenantsConfig,
  ) {}

  async isDone(): Promise<boolean> {
    return (await this.swarm.networks.getByName(this.config.TENANT_NETWORK)) !== undefined;
  }

  async run(): Promise<JsonObject> {
    const { TENANT_NETWORK: name, TENANT_NETWORK_SUBNET: subnet, PLATFORM_NAME } = this.config;
    const { id } = await this.swarm.networks.createOverlay({
      name,
      labels: { 'saasodoo.managed': 'true', 'saasodoo.platform': PLATFORM_NAME },
      ...(subnet === undefined ? {} : { subnet }),
    });
    return { network_id: id };
  }
}
