import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { isMeantToRun, type TenantContext, TenantSecrets, TenantServices } from '@saasodoo/tenants';

/** Odoo's configuration as it is meant to be now; one that a lost Swarm has taken with it is made anew. */
@Injectable()
export class EnsureSecretStep implements Step<TenantContext> {
  readonly name = 'ensure-secret';

  constructor(
    private readonly secrets: TenantSecrets,
    private readonly services: TenantServices,
  ) {}

  async isDone({ instance }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { id, name } = await this.secrets.ensure(context);
    return { secret_id: id, secret_name: name };
  }

  /** What was called off before the service was given it is in nobody's use; without a service the next one decides. */
  async undo(context: TenantContext): Promise<void> {
    const service = await this.services.find(context);
    if (service !== undefined) await this.secrets.removeUnused(context, service.secretNames);
  }
}
