import { Injectable } from '@nestjs/common';
import { INSTANCE_ID_LABEL, Swarm } from '@saasodoo/swarm';
import { awaitNoTask, type TenantContext, TenantServices } from '@saasodoo/tenants';

const RUNNING_WITHIN_MS = 240_000;

/** Takes the Odoo of an instance away and brings it back, as its service is. */
@Injectable()
export class OdooSwitch {
  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
  ) {}

  /** Returns when the last process has ended; answers the service, when there is one. */
  async off(context: TenantContext): Promise<string | undefined> {
    const service = await this.services.find(context);
    if (service !== undefined) await this.swarm.services.scale(service.id, 0);
    await awaitNoTask(this.swarm, { [INSTANCE_ID_LABEL]: context.instance.id }, context.signal);
    return service?.id;
  }

  /** Returns when its task runs. An instance whose service is gone is left to the reconciler. */
  async on(context: TenantContext): Promise<void> {
    const service = await this.services.find(context);
    if (service === undefined) return;
    await this.swarm.services.scale(service.id, 1);
    await this.swarm.convergence.awaitConverged(service.id, {
      ...{ revision: service.revision, withinMs: RUNNING_WITHIN_MS, signal: context.signal },
      onProgress: (text) => void context.progress(text),
    });
  }
}
