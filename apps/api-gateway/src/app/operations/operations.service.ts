import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { changeScope, isInScope, type OwnerScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { AppError, isUuid } from '@saasodoo/kernel';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import type { Answer } from '../http/answer';
import { assertKnownParameters, parsePage } from '../http/page';
import { timestamp } from '../http/timestamp';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import { instanceUnknown } from '../instances/instance-unknown';
import type { OperationListResponse } from './operation-list.response';
import { operationUnknown } from './operation-unknown';
import { OperationResponse } from './operation.response';

const PARAMETERS = ['page', 'page_size', 'instance_id'];

/** Operations as their owner sees them. */
@Injectable()
export class OperationsService {
  constructor(
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `operation.not_found`. */
  async get(id: string, scope: OwnerScope): Promise<Operation> {
    const operation = await this.operations.find(id);
    if (operation === undefined || !isInScope(scope, operation.customerId)) throw operationUnknown();
    return operation;
  }

  /** Throws `instance.not_found`, or `InvalidRequest` for a query it cannot follow. */
  async list(customerId: string, query: Readonly<Record<string, unknown>>): Promise<OperationListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const { page, pageSize } = parsePage(query);
    const instanceId = await this.ownInstance(query['instance_id'], customerId);
    const filter = { customerId, page, pageSize, ...(instanceId === undefined ? {} : { instanceId }) };
    const { operations, total } = await this.operations.list(filter);
    return {
      operations: operations.map((operation) => OperationResponse.of(operation)),
      total,
      page,
      page_size: pageSize,
    };
  }

  /** Throws `operation.not_found`, `role.insufficient`, or `operation.not_cancellable`. */
  async cancel(
    id: string,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<OperationResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `cancel:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const operation = await this.operations.find(id, em);
      if (operation === undefined || !isInScope(scope, operation.customerId)) throw operationUnknown();
      if (!(await this.operations.requestCancel(em, id))) throw notCancellable(operation);
      const cancelled = (await this.operations.find(id, em)) ?? operation;
      await this.audit.record(em, {
        ...{ actor, customerId: operation.customerId, action: 'operation.cancel', subject: id },
        before: { status: operation.status, cancel_requested_at: timestamp(operation.cancelRequestedAt) },
        after: { status: cancelled.status, cancel_requested_at: timestamp(cancelled.cancelRequestedAt) },
      });
      const headers = { location: `/instance/operations/${id}` };
      return { status: 202, headers, body: OperationResponse.of(cancelled) };
    });
  }

  private async ownInstance(given: unknown, customerId: string): Promise<string | undefined> {
    if (given === undefined) return undefined;
    const isId = typeof given === 'string' && isUuid(given);
    if (!isId || (await this.instances.findForCustomer(given, customerId)) === undefined)
      throw instanceUnknown();
    return given;
  }
}

function notCancellable({ kind, status }: Operation): AppError {
  return AppError.terminal('operation.not_cancellable', `a ${kind} that is ${status} cannot be cancelled`, {
    httpStatus: 409,
    hint: 'Only a creation that has not ended can be called off.',
    facts: { kind, status },
  });
}
