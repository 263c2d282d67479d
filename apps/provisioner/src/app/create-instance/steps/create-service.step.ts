import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import {
  deploymentOutput,
  outputOf,
  removeService,
  type TenantContext,
  TenantServices,
} from '@saasodoo/tenants';

/** The service that Odoo runs as; a service that carries the instance's label already is adopted. */
@Injectable()
export class CreateServiceStep implements Step<TenantContext> {
  readonly name = 'create-service';

  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const config = {
      secretId: outputOf(context.outputs, 'create-secret', 'secret_id'),
      secretName: outputOf(context.outputs, 'create-secret', 'secret_name'),
    };
    const deployment = await this.services.deploy(context, { config, renew: false });
    return { ...deploymentOutput(deployment), dropped: deployment.dropped };
  }

  async undo(context: TenantContext): Promise<void> {
    await removeService(this.swarm, context);
  }
}
