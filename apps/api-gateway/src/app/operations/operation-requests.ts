import { Inject, Injectable } from '@nestjs/common';
import type { CommandContract, InstanceOperationPayload } from '@saasodoo/contracts';
import type { Instance } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { RequestContext } from '@saasodoo/observability';
import { type Opening, OperationRepository } from '@saasodoo/operations/data-access';
import type { JsonObject, Operation, OperationKind } from '@saasodoo/operations/domain';
import { writeTogether } from '@saasodoo/persistence';
import type { EntityManager } from 'typeorm';

export interface OperationRequest {
  readonly instance: Pick<Instance, 'id' | 'customerId' | 'generation'>;
  readonly kind: OperationKind;
  /** The command that tells its worker. */
  readonly contract: CommandContract<InstanceOperationPayload>;
  /** What the steps must know besides the instance; never a secret. */
  readonly input?: JsonObject;
}

/** Opens operations: the row for those who watch it, and the command for the worker, in one statement. */
@Injectable()
export class OperationRequests {
  constructor(
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  async open(em: EntityManager, request: OperationRequest): Promise<Operation> {
    const { writes, opened } = this.opening(em, request);
    return opened(await writeTogether(em, writes));
  }

  /** The same for whoever stores something else through `em` in the same statement. */
  opening(em: EntityManager, { instance, kind, contract, input }: OperationRequest): Opening {
    const { id: instanceId, customerId, generation } = instance;
    const { correlationId = newId(), traceparent } = RequestContext.current() ?? {};
    const story = { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
    const id = newId();
    const { writes, opened } = this.operations.opening({
      ...{ id, instanceId, customerId, kind, generation },
      ...story,
      ...(input === undefined ? {} : { input }),
    });
    const payload = { operation_id: id, instance_id: instanceId, generation };
    const command = this.outbox.compose(contract, payload, { subject: instanceId, ...story });
    this.outbox.noteWritten(em);
    return { writes: [...writes, command], opened };
  }
}
