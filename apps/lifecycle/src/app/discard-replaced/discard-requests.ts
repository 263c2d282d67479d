import { Injectable } from '@nestjs/common';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';

/** What a restoration leaves goes by an operation of its own, which is never undone. */
@Injectable()
export class DiscardRequests {
  constructor(private readonly operations: OperationRepository) {}

  /** In the transaction that ends the restoration. */
  async open(em: EntityManager, operation: Operation): Promise<void> {
    const { id, instanceId, customerId, generation, correlationId } = operation;
    await this.operations.open(em, {
      ...{ kind: 'discard', instanceId, customerId, generation, correlationId },
      input: { restore_id: id },
    });
  }
}
