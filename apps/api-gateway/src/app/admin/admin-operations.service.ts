import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { type Operation, operationKinds, operationStatuses } from '@saasodoo/operations/domain';
import { choice, type Query, uuid } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import { type CommandAnswer, InstanceCommandsService } from '../instances/instance-commands.service';
import type { OperationListResponse } from '../operations/operation-list.response';
import { operationUnknown } from '../operations/operation-unknown';
import { OperationResponse } from '../operations/operation.response';
import type { OperatorRequest } from './operator-request';
import { retryableKind } from './retryable-kind';

const PARAMETERS = ['page', 'page_size', 'status', 'kind', 'customer', 'instance'];

/** Operations of all customers. */
@Injectable()
export class AdminOperationsService {
  constructor(
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(InstanceCommandsService) private readonly commands: InstanceCommandsService,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<OperationListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const { page, pageSize } = parsePage(query);
    const { customer: customerId } = uuid(query, 'customer');
    const { instance: instanceId } = uuid(query, 'instance');
    const { operations, total } = await this.operations.list({
      ...{ page, pageSize },
      ...choice(query, 'status', operationStatuses),
      ...choice(query, 'kind', operationKinds),
      ...(customerId === undefined ? {} : { customerId }),
      ...(instanceId === undefined ? {} : { instanceId }),
    });
    return {
      operations: operations.map((operation) => OperationResponse.of(operation)),
      total,
      page,
      page_size: pageSize,
    };
  }

  /**
   * Asks for the same of the instance again, as the operator's own wish; what was done stays done, what failed stays on record.
   * Throws `operation.not_found`, `operation.not_retryable`, or why the instance does not take the command now.
   */
  async retry({ id, actor, idempotencyKey }: OperatorRequest): Promise<CommandAnswer> {
    const operation = await this.operations.find(id);
    if (operation === undefined) throw operationUnknown();
    const command = retryableKind(operation);
    const { customerId, instanceId, kind } = operation;
    const entry = { actor, customerId, action: 'operation.retry', subject: id };
    const after = { kind, instance_id: instanceId };
    // The command writes itself down where it is accepted; this says on whose account.
    await this.audit.recordAlone({ ...entry, after, result: 'asked' });
    const reason = reasonOf(operation);
    return this.commands.execute(command, instanceId, actor, { idempotencyKey, reason });
  }
}

/** What a suspension told the customer. */
function reasonOf({ input }: Operation): string | undefined {
  const { reason } = input;
  return typeof reason === 'string' ? reason : undefined;
}
