import { Inject, Injectable } from '@nestjs/common';
import type { CommandContract, InstanceOperationPayload } from '@saasodoo/contracts';
import type { Instance } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { RequestContext } from '@saasodoo/observability';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation, OperationKind } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';

export interface OperationRequest {
  readonly instance: Pick<Instance, 'id' | 'customerId' | 'generation'>;
  readonly kind: OperationKind;
  /** The command that tells its worker. */
  readonly contract: CommandContract<InstanceOperationPayload>;
}

/** Opens operations: the row for those who watch it, and the command for the worker, in one transaction. */
@Injectable()
export class OperationRequests {
  constructor(
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  async open(em: EntityManager, { instance, kind, contract }: OperationRequest): Promise<Operation> {
    const { id: instanceId, customerId, generation } = instance;
    const { correlationId = newId(), traceparent } = RequestContext.current() ?? {};
    const story = { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
    const operation = await this.operations.open(em, { instanceId, customerId, kind, generation, ...story });
    const payload = { operation_id: operation.id, instance_id: instanceId, generation };
    await this.outbox.append(em, contract, payload, { subject: instanceId, ...story });
    return operation;
  }
}
