import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { removeSecrets } from '../../tenant/remove-secrets';
import type { TenantContext } from '../../tenant/tenant-context';

@Injectable()
export class RemoveSecretStep implements Step<TenantContext> {
  readonly name = 'remove-secret';

  constructor(private readonly swarm: Swarm) {}

  async run(context: TenantContext): Promise<void> {
    await removeSecrets(this.swarm, context);
  }
}
