import { Inject, Injectable } from '@nestjs/common';
import { InstanceCreated, InstanceCreationFailed } from '@saasodoo/contracts';
import { InstanceRepository, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { internalUrl } from '@saasodoo/instances/domain';
import { type ErrorRecord, randomSecret } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import {
  deployedService,
  outputOf,
  outputsOf,
  type TenantContext,
  TenantContexts,
  TenantImages,
} from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { CREATE_INSTANCE_STEPS } from './create-instance.steps';

/** From a stored wish to an Odoo that answers; what was made is undone when it cannot be finished. */
@Injectable()
export class CreateInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'create';

  constructor(
    @Inject(CREATE_INSTANCE_STEPS) readonly steps: readonly Step<TenantContext>[],
    private readonly contexts: TenantContexts,
    private readonly instances: InstanceRepository,
    private readonly secrets: InstanceSecretsRepository,
    private readonly outbox: Outbox,
    private readonly images: TenantImages,
  ) {}

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  /** Passwords and image are stored before anything is made with them, so that every later attempt uses the same ones. */
  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await this.images.choose(em, instanceId);
    const stored = await this.secrets.open(em, instanceId);
    await this.secrets.set(em, instanceId, {
      adminPassword: stored.adminPassword ?? randomSecret(12),
      databasePassword: stored.databasePassword ?? randomSecret(),
    });
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    const { instanceId, generation } = operation;
    const outputs = outputsOf(operation);
    const { serviceName } = await this.instances.get(instanceId, em);
    await this.instances.recordDatabase(em, instanceId, {
      databaseServer: outputOf(outputs, 'allocate-database-server', 'server'),
      databaseRole: outputOf(outputs, 'create-database', 'role'),
    });
    const { serviceId, fingerprint } = deployedService(outputs);
    await this.instances.recordDeployment(em, instanceId, {
      ...{ serviceId, serviceName, internalUrl: internalUrl(serviceName) },
      serviceFingerprint: fingerprint,
    });
    await this.instances.transition(em, instanceId, { from: ['creating'], to: 'starting' });
    await this.instances.transition(em, instanceId, {
      from: ['starting'],
      to: 'running',
      set: { observedGeneration: generation },
    });
    await this.outbox.append(em, InstanceCreated, payloadOf(operation), metaOf(operation));
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    const { instanceId, generation } = operation;
    await this.instances.clearDatabase(em, instanceId);
    await this.instances.releaseName(em, instanceId);
    await this.instances.transition(em, instanceId, {
      from: ['creating'],
      to: 'error',
      set: { error, observedGeneration: generation },
    });
    const payload = { ...payloadOf(operation), error_code: error.code };
    await this.outbox.append(em, InstanceCreationFailed, payload, metaOf(operation));
  }
}

function payloadOf({ id, instanceId, generation }: Operation) {
  return { operation_id: id, instance_id: instanceId, generation };
}

function metaOf({ instanceId, correlationId, traceparent }: Operation) {
  return { subject: instanceId, correlationId, traceparent };
}
