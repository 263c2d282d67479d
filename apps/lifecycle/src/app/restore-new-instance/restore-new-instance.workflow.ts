import { Injectable } from '@nestjs/common';
import { InstanceCreated, InstanceCreationFailed } from '@saasodoo/contracts';
import { TenantDatabases } from '@saasodoo/databases';
import { InstanceRepository, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName, internalUrl } from '@saasodoo/instances/domain';
import { type ErrorRecord, randomSecret } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { deployedService, outputsOf, type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { metaOf, payloadOf } from '../backups/operation-message';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** A new instance that begins with the data of a backup; what was made is undone when it cannot be finished. */
@Injectable()
export class RestoreNewInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'restore-new';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly instances: InstanceRepository,
    private readonly secrets: InstanceSecretsRepository,
    private readonly databases: TenantDatabases,
    private readonly outbox: Outbox,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  /** Passwords are stored before anything is made with them, so that every later attempt uses the same ones. */
  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    const stored = await this.secrets.open(em, instanceId);
    await this.secrets.set(em, instanceId, {
      adminPassword: stored.adminPassword ?? randomSecret(12),
      databasePassword: stored.databasePassword ?? randomSecret(),
    });
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    const { instanceId: id, generation } = operation;
    const { serviceName } = await this.instances.get(id, em);
    const databaseServer = this.databases.serverName;
    await this.instances.recordDatabase(em, id, { databaseServer, databaseRole: databaseRoleName(id) });
    const { serviceId, fingerprint } = deployedService(outputsOf(operation));
    await this.instances.recordDeployment(em, id, {
      ...{ serviceId, serviceName, internalUrl: internalUrl(serviceName) },
      serviceFingerprint: fingerprint,
    });
    await this.instances.transition(em, id, { from: ['creating'], to: 'starting' });
    const set = { observedGeneration: generation };
    await this.instances.transition(em, id, { from: ['starting'], to: 'running', set });
    await this.outbox.append(em, InstanceCreated, payloadOf(operation), metaOf(operation));
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    const { instanceId: id, generation } = operation;
    await this.instances.clearDatabase(em, id);
    await this.instances.releaseName(em, id);
    const set = { error, observedGeneration: generation };
    await this.instances.transition(em, id, { from: ['creating'], to: 'error', set });
    const payload = { ...payloadOf(operation), error_code: error.code };
    await this.outbox.append(em, InstanceCreationFailed, payload, metaOf(operation));
  }
}
