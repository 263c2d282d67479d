import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { removeSecrets, type TenantContext } from '@saasodoo/tenants';

@Injectable()
export class RemoveSecretStep implements Step<TenantContext> {
  readonly name = 'remove-secret';

  constructor(private readonly swarm: Swarm) {}

  async run(context: TenantContext): Promise<void> {
    await removeSecrets(this.swarm, context);
  }
}
