import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { removeSecrets, type TenantContext, TenantSecrets } from '@saasodoo/tenants';

/** Odoo's configuration with its passwords, as the one secret of the instance. */
@Injectable()
export class CreateSecretStep implements Step<TenantContext> {
  readonly name = 'create-secret';

  constructor(
    private readonly swarm: Swarm,
    private readonly secrets: TenantSecrets,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const { id, name } = await this.secrets.ensure(context);
    return { secret_id: id, secret_name: name };
  }

  async undo(context: TenantContext): Promise<void> {
    await removeSecrets(this.swarm, context);
  }
}
