import { Inject, Injectable } from '@nestjs/common';
import { TerminateInstance } from '@saasodoo/contracts';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { finalStatus, type Instance } from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedAnswer } from './accepted-answer';
import { instanceUnknown } from './instance-unknown';
import type { InstanceResponse } from './instance.response';

@Injectable()
export class TerminateInstanceService {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(OperationRequests) private readonly operationRequests: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Asking again answers the operation that is under way, or the one that ended it.
   * Throws `instance.not_found`, `role.insufficient`.
   */
  async terminate(id: string, actor: Actor, key: string | undefined): Promise<Answer<InstanceResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `terminate:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const instance = await this.instances.lockInScope(em, id, scope);
      if (instance === undefined) throw instanceUnknown();
      const known = (await this.underWay(em, id)) ?? (await this.ending(em, instance));
      return known === undefined ? this.request(em, instance, actor) : acceptedAnswer(instance, known);
    });
  }

  private async underWay(em: EntityManager, id: string): Promise<Operation | undefined> {
    const open = await this.operations.openFor(em, id);
    return open.find(({ kind }) => kind === 'terminate');
  }

  private async ending(em: EntityManager, instance: Instance): Promise<Operation | undefined> {
    if (instance.status !== finalStatus) return undefined;
    return (await this.operations.latestOf([instance.id], em)).get(instance.id);
  }

  /** What is being made or changed is called off first: its undoing and the termination take turns on the instance. */
  private async request(
    em: EntityManager,
    instance: Instance,
    actor: Actor,
  ): Promise<Answer<InstanceResponse>> {
    await this.operations.supersede(em, instance.id);
    const generation = await this.instances.requestDesiredState(em, instance.id, 'terminated');
    const wanted: Instance = { ...instance, generation, desiredState: 'terminated' };
    const operation = await this.operationRequests.open(em, {
      instance: wanted,
      kind: 'terminate',
      contract: TerminateInstance,
    });
    const { customerId, desiredState, status } = instance;
    await this.audit.record(em, {
      ...{ actor, customerId, action: 'instance.terminate', subject: instance.id },
      before: { desired_state: desiredState, status },
      after: { desired_state: wanted.desiredState, status, operation_id: operation.id },
    });
    return acceptedAnswer(wanted, operation);
  }
}
