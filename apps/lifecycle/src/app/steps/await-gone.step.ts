import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { INSTANCE_ID_LABEL, Swarm } from '@saasodoo/swarm';
import { awaitNoTask, type TenantContext } from '@saasodoo/tenants';

/** A stop is done when the last process has ended, not when Swarm has taken note of it: until then Odoo writes. */
@Injectable()
export class AwaitGoneStep implements Step<TenantContext> {
  readonly name = 'await-gone';

  constructor(private readonly swarm: Swarm) {}

  async run({ instance, signal }: TenantContext): Promise<void> {
    await awaitNoTask(this.swarm, { [INSTANCE_ID_LABEL]: instance.id }, signal);
  }
}
