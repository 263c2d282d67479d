import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { type TenantContext, TenantServices } from '@saasodoo/tenants';

/** No replica is wanted from now on. A service that somebody removed is stopped already. */
@Injectable()
export class ScaleDownStep implements Step<TenantContext> {
  readonly name = 'scale-down';

  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const service = await this.services.find(context);
    if (service !== undefined) await this.swarm.services.scale(service.id, 0, { signal: context.signal });
    return { service_id: service?.id ?? null };
  }
}
