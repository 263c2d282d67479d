import { Inject, Injectable } from '@nestjs/common';
import { TerminateInstance } from '@saasodoo/contracts';
import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { finalStatus, type Instance } from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedAnswer } from './accepted-answer';
import type { ChangeRequest } from './change-request';
import { instanceUnknown } from './instance-unknown';
import type { InstanceResponse } from './instance.response';

@Injectable()
export class TerminateInstanceService {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(OperationRequests) private readonly operationRequests: OperationRequests,
  ) {}

  /** Asking again answers the operation that is under way, or the one that ended it. Throws `instance.not_found`. */
  terminate(id: string, { customerId, idempotencyKey }: ChangeRequest): Promise<Answer<InstanceResponse>> {
    const attempt = { scope: customerId, key: idempotencyKey, operation: `terminate:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const instance = await this.lock(em, id, customerId);
      const open = await this.operations.openFor(em, id);
      const known = open.find(({ kind }) => kind === 'terminate') ?? (await this.ending(em, instance));
      return known === undefined ? this.request(em, instance, open) : acceptedAnswer(instance, known);
    });
  }

  /** Two requests at once take turns, so that only the first one opens an operation. */
  private async lock(em: EntityManager, id: string, customerId: string): Promise<Instance> {
    await em.findOne(InstanceEntity, {
      where: { id, customerId },
      select: { id: true },
      lock: { mode: 'pessimistic_write' },
    });
    const instance = await this.instances.findForCustomer(id, customerId, em);
    if (instance === undefined) throw instanceUnknown();
    return instance;
  }

  private async ending(em: EntityManager, instance: Instance): Promise<Operation | undefined> {
    if (instance.status !== finalStatus) return undefined;
    return (await this.operations.latestOf([instance.id], em)).get(instance.id);
  }

  /** What is being made is called off first: its undoing and the termination take turns on the instance. */
  private async request(
    em: EntityManager,
    instance: Instance,
    open: readonly Operation[],
  ): Promise<Answer<InstanceResponse>> {
    for (const { id } of open) await this.operations.requestCancel(em, id);
    const generation = await this.instances.requestDesiredState(em, instance.id, 'terminated');
    const wanted: Instance = { ...instance, generation, desiredState: 'terminated' };
    const operation = await this.operationRequests.open(em, {
      instance: wanted,
      kind: 'terminate',
      contract: TerminateInstance,
    });
    return acceptedAnswer(wanted, operation);
  }
}
