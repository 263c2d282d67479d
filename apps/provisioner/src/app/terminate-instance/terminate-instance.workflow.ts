import { Inject, Injectable } from '@nestjs/common';
import { InstanceTerminated } from '@saasodoo/contracts';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { TERMINATE_INSTANCE_STEPS } from './terminate-instance.steps';

/** Takes away everything that was made for an instance. It is not undone: what fails is tried again. */
@Injectable()
export class TerminateInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'terminate';

  constructor(
    @Inject(TERMINATE_INSTANCE_STEPS) readonly steps: readonly Step<TenantContext>[],
    private readonly contexts: TenantContexts,
    private readonly instances: InstanceRepository,
    private readonly outbox: Outbox,
  ) {}

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await this.instances.transition(em, instanceId, { from: 'any allowed', to: 'terminating' });
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    const { id, instanceId, generation, correlationId, traceparent } = operation;
    await this.instances.clearDeployment(em, instanceId);
    await this.instances.clearDatabase(em, instanceId);
    await this.instances.transition(em, instanceId, {
      from: ['terminating'],
      to: 'terminated',
      set: { observedGeneration: generation },
    });
    await this.outbox.append(
      em,
      InstanceTerminated,
      { operation_id: id, instance_id: instanceId, generation },
      { subject: instanceId, correlationId, traceparent },
    );
  }

  async fail(em: EntityManager, { instanceId }: Operation, error: ErrorRecord): Promise<void> {
    await this.instances.transition(em, instanceId, { from: ['terminating'], to: 'error', set: { error } });
  }
}
