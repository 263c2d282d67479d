import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { INSTANCE_ID_LABEL, Swarm } from '@saasodoo/swarm';
import {
  awaitNoEndingTask,
  awaitNoTask,
  isMeantToRun,
  type TenantContext,
  TenantServices,
} from '@saasodoo/tenants';

/**
 * Two Odoos on one database damage it, and Swarm starts a new task while one that it stops may still run: so whatever
 * is left of earlier tasks ends first. Of a service that has its replica already that is what an earlier change is still
 * stopping. Only when its instance is to rest it has one too many: a resumption may have taken the place of a suspension,
 * and that one of a stop, before any of them took the service down.
 */
@Injectable()
export class AwaitStoppedStep implements Step<TenantContext> {
  readonly name = 'await-stopped';

  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
  ) {}

  async isDone({ instance, operation }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance) && operation.kind !== 'resume';
  }

  async run(context: TenantContext): Promise<void> {
    const labels = { [INSTANCE_ID_LABEL]: context.instance.id };
    const service = await this.services.find(context);
    if (service !== undefined && service.replicas > 0) {
      if (isMeantToRun(context.instance)) return awaitNoEndingTask(this.swarm, labels, context.signal);
      await this.swarm.services.scale(service.id, 0, { signal: context.signal });
    }
    await context.progress('waiting for the last task to end');
    await awaitNoTask(this.swarm, labels, context.signal);
  }
}
