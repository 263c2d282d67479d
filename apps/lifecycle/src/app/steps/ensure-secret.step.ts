import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { isMeantToRun, type TenantContext, TenantSecrets } from '@saasodoo/tenants';

/** Odoo's configuration as it is meant to be now; one that a lost Swarm has taken with it is made anew. */
@Injectable()
export class EnsureSecretStep implements Step<TenantContext> {
  readonly name = 'ensure-secret';

  constructor(private readonly secrets: TenantSecrets) {}

  async isDone({ instance }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { id, name } = await this.secrets.ensure(context);
    return { secret_id: id, secret_name: name };
  }
}
