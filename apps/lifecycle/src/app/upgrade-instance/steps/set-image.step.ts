import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { checkedUpgrade } from '../checked-upgrade';

/** From here on whatever is deployed for the instance is the new image; undone, the earlier one. */
@Injectable()
export class SetImageStep implements Step<TenantContext> {
  readonly name = 'set-image';

  constructor(private readonly instances: InstanceRepository) {}

  async run({ instance, outputs }: TenantContext): Promise<JsonObject> {
    const { to } = checkedUpgrade(outputs);
    await this.instances.recordOdoo(instance.id, to);
    return { image: to.odooImage.image };
  }

  async undo({ instance, outputs }: TenantContext): Promise<void> {
    await this.instances.recordOdoo(instance.id, checkedUpgrade(outputs).from);
  }
}
