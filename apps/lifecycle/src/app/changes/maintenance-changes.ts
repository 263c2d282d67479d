import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { internalUrl } from '@saasodoo/instances/domain';
import type { Operation } from '@saasodoo/operations/domain';
import { findDeployedService, isMeantToRun, outputsOf } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';

/** How what replaces the data of an instance begins and ends for it, in the transaction that changes the operation itself. */
@Injectable()
export class MaintenanceChanges {
  constructor(private readonly instances: InstanceRepository) {}

  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await this.instances.transition(em, instanceId, { from: 'any allowed', to: 'maintenance' });
  }

  /** It runs as it was deployed. One that was woken only since then is brought up by what woke it. */
  async succeeded(em: EntityManager, operation: Operation): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    const deployed = findDeployedService(outputsOf(operation));
    const isUp = isMeantToRun(instance) && deployed !== undefined;
    if (isUp) {
      const { serviceName } = instance;
      await this.instances.recordDeployment(em, instance.id, {
        ...{ serviceId: deployed.serviceId, serviceName, internalUrl: internalUrl(serviceName) },
        serviceFingerprint: deployed.fingerprint,
      });
    }
    await this.instances.transition(em, instance.id, {
      from: ['maintenance'],
      to: isUp ? 'running' : 'stopped',
      set: { observedGeneration: operation.generation },
    });
  }

  /** Everything is undone: the instance is what it was, and its monitor says whether it serves. */
  async failed(em: EntityManager, operation: Operation): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    if (instance.status !== 'maintenance') return;
    await this.instances.transition(em, instance.id, {
      from: ['maintenance'],
      to: isMeantToRun(instance) ? 'running' : 'stopped',
      set: { observedGeneration: operation.generation },
    });
  }
}
