import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { removeService, type TenantContext } from '@saasodoo/tenants';

@Injectable()
export class RemoveServiceStep implements Step<TenantContext> {
  readonly name = 'remove-service';

  constructor(private readonly swarm: Swarm) {}

  async run(context: TenantContext): Promise<void> {
    await removeService(this.swarm, context);
  }
}
