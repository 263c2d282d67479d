import { Injectable } from '@nestjs/common';
import { type EventContract, InstanceChangeFailed, type InstanceOperationPayload } from '@saasodoo/contracts';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { type Instance, type InstanceStatus, internalUrl } from '@saasodoo/instances/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { CANCELLED, type Operation } from '@saasodoo/operations/domain';
import { type DeployedService, findDeployedService, isMeantToRun, outputsOf } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { PREVIOUS, previousShape } from './previous-shape';
import { statusDuring } from './status-during';

type ChangeEvent = EventContract<InstanceOperationPayload>;

interface Deployed {
  readonly operation: Operation;
  readonly instance: Instance;
  readonly deployed: DeployedService;
}

/** From these an instance that is meant to be stopped has no way to go but to be so. */
const DOWN: readonly InstanceStatus[] = ['stopping', 'stopped', 'suspended'];

/** How the operations of this app begin and end for the instance, in the transaction that changes the operation itself. */
@Injectable()
export class InstanceChanges {
  constructor(
    private readonly instances: InstanceRepository,
    private readonly operations: OperationRepository,
    private readonly outbox: Outbox,
  ) {}

  async begin(em: EntityManager, operation: Operation): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    await this.move(em, instance, statusDuring(operation.kind, instance));
  }

  /** The service is as wanted and answers, or the change waits for the next start of an instance that is not to run. */
  async deployed(em: EntityManager, operation: Operation, event: ChangeEvent): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    const deployed = findDeployedService(outputsOf(operation));
    if (deployed !== undefined && isMeantToRun(instance)) {
      await this.recordDeployment(em, { operation, instance, deployed });
    } else {
      await this.atRest(em, operation, instance);
    }
    await this.tell(em, operation, event);
  }

  /** No process is left; `to` says why. */
  async takenDown(
    em: EntityManager,
    operation: Operation,
    to: InstanceStatus,
    event: ChangeEvent,
  ): Promise<void> {
    const instance = await this.instances.get(operation.instanceId, em);
    await this.move(em, instance, to, { observedGeneration: operation.generation });
    await this.tell(em, operation, event);
  }

  /** Given up on: the operation's input says why, and the instance shows it. */
  async givenUp(
    em: EntityManager,
    operation: Operation,
    error: ErrorRecord,
    event: ChangeEvent,
  ): Promise<void> {
    await this.instances.transition(em, operation.instanceId, {
      from: 'any allowed',
      to: 'error',
      set: { error },
    });
    await this.tell(em, operation, event);
  }

  /**
   * What a newer wish took the place of ends without a word: that one moves the instance on. A change of shape that was
   * taken back leaves the instance as it was before it; when another change of shape waits, that one goes on from what
   * is left, and back to what was before both. Everything else that fails is an error of the instance.
   */
  async failed(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    if (error.code === CANCELLED) return;
    const instance = await this.instances.get(operation.instanceId, em);
    const previous = previousShape(operation, instance);
    if (previous !== undefined) await this.instances.requestShape(em, instance.id, previous);
    if (previous !== undefined && instance.status === 'updating') await this.move(em, instance, 'running');
    else if (!(await this.isPassedOn(em, operation))) await this.recordError(em, instance, error);
    const payload = { ...payloadOf(operation), kind: operation.kind, error_code: error.code };
    await this.outbox.append(em, InstanceChangeFailed, payload, metaOf(operation));
  }

  /**
   * An instance that was stopped when it was suspended is stopped again once that ends. One that was on its way up when a
   * newer wish came stays so until that moves it on.
   */
  private async atRest(
    em: EntityManager,
    { kind, generation }: Operation,
    instance: Instance,
  ): Promise<void> {
    const ends = kind === 'resume' && instance.desiredState === 'stopped' && DOWN.includes(instance.status);
    await this.move(em, instance, ends ? 'stopped' : undefined, { observedGeneration: generation });
  }

  private async isPassedOn(em: EntityManager, operation: Operation): Promise<boolean> {
    return PREVIOUS in operation.input && (await this.operations.passOn(em, operation, PREVIOUS));
  }

  private async recordError(em: EntityManager, instance: Instance, error: ErrorRecord): Promise<void> {
    // A change that waits for the next start has not touched what rests.
    if (instance.status === 'stopped' || instance.status === 'suspended') return;
    await this.move(em, instance, 'error', { error, observedGeneration: instance.generation });
  }

  private async recordDeployment(
    em: EntityManager,
    { operation, instance, deployed: { serviceId, fingerprint } }: Deployed,
  ): Promise<void> {
    const { serviceName } = instance;
    await this.instances.recordDeployment(em, instance.id, {
      ...{ serviceId, serviceName, internalUrl: internalUrl(serviceName) },
      serviceFingerprint: fingerprint,
    });
    await this.move(em, instance, 'running', { observedGeneration: operation.generation });
  }

  private async move(
    em: EntityManager,
    { id, status }: Instance,
    to: InstanceStatus | undefined,
    set: { readonly observedGeneration?: number; readonly error?: ErrorRecord } = {},
  ): Promise<void> {
    if (to !== undefined && to !== status) {
      await this.instances.transition(em, id, { from: 'any allowed', to, set });
    } else if (set.observedGeneration !== undefined) {
      await this.instances.recordObservedGeneration(em, id, set.observedGeneration);
    }
  }

  private async tell(em: EntityManager, operation: Operation, event: ChangeEvent): Promise<void> {
    await this.outbox.append(em, event, payloadOf(operation), metaOf(operation));
  }
}

function payloadOf({ id, instanceId, generation }: Operation) {
  return { operation_id: id, instance_id: instanceId, generation };
}

function metaOf({ instanceId, correlationId, traceparent }: Operation) {
  return { subject: instanceId, correlationId, traceparent };
}
