import { Injectable } from '@nestjs/common';
import { InstanceRestored } from '@saasodoo/contracts';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { type Instance, internalUrl } from '@saasodoo/instances/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import {
  deployedService,
  isMeantToRun,
  outputsOf,
  type TenantContext,
  TenantContexts,
} from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { BackupChanges } from '../backup-instance/backup-changes';
import { inputText } from '../backups/instance-data';
import { metaOf, payloadOf } from '../backups/operation-message';
import { DiscardRequests } from '../discard-replaced/discard-requests';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/**
 * The data of a backup in the place of what the instance has. It is made ready beside that first, then the instance is
 * taken down, backed up once more, and brought up on it; whatever fails, the instance is as it was.
 */
@Injectable()
export class RestoreInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'restore';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly instances: InstanceRepository,
    private readonly discards: DiscardRequests,
    private readonly backups: BackupChanges,
    private readonly outbox: Outbox,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await this.instances.transition(em, instanceId, { from: 'any allowed', to: 'maintenance' });
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    const isUp = isMeantToRun(instance);
    if (isUp) await this.recordDeployment(em, operation, instance);
    await this.instances.transition(em, instance.id, {
      from: ['maintenance'],
      to: isUp ? 'running' : 'stopped',
      set: { observedGeneration: operation.generation },
    });
    await this.discards.open(em, operation);
    const payload = { ...payloadOf(operation), backup_id: inputText(operation, 'backup_id') };
    await this.outbox.append(em, InstanceRestored, payload, metaOf(operation));
  }

  /** Everything is undone: the instance is what it was, and its monitor says whether it serves. */
  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    if (instance.status === 'maintenance') {
      await this.instances.transition(em, instance.id, {
        from: ['maintenance'],
        to: isMeantToRun(instance) ? 'running' : 'stopped',
        set: { observedGeneration: operation.generation },
      });
    }
    await this.backups.failed(em, operation, error);
  }

  private async recordDeployment(em: EntityManager, operation: Operation, instance: Instance): Promise<void> {
    const { serviceId, fingerprint } = deployedService(outputsOf(operation));
    const { serviceName } = instance;
    await this.instances.recordDeployment(em, instance.id, {
      ...{ serviceId, serviceName, internalUrl: internalUrl(serviceName) },
      serviceFingerprint: fingerprint,
    });
  }
}
