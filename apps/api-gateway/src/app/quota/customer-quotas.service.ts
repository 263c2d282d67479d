import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository, QuotaRepository } from '@saasodoo/identity/data-access';
import type { Quota } from '@saasodoo/identity/domain';
import { AppError, parseSize } from '@saasodoo/kernel';
import type { AdminCustomerResponse } from '../admin/admin-customer.response';
import { CustomersService } from '../admin/customers.service';
import type { OperatorRequest } from '../admin/operator-request';
import type { Answer } from '../http/answer';
import { InvalidRequest } from '../http/invalid-request';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { QuotaLimitsResponse } from './quota.response';
import type { SetQuotaRequest } from './set-quota.request';

/** What single customers may use. */
@Injectable()
export class CustomerQuotas {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(QuotaRepository) private readonly quotas: QuotaRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Lower limits than what is used refuse what comes, and leave what is there.
   * Throws `customer.not_found`, or `InvalidRequest`.
   */
  async set(
    { id, actor, idempotencyKey: key }: OperatorRequest,
    request: SetQuotaRequest,
  ): Promise<Answer<AdminCustomerResponse>> {
    const quota = quotaOf(request);
    const attempt = { scope: actor.customerId, key, operation: `set-quota:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      await this.customers.find(id, em);
      const { own } = await this.quotas.lock(em, id);
      await this.quotas.set(em, id, quota);
      await this.audit.record(em, {
        ...{ actor, customerId: id, action: 'customer.set_quota', subject: id },
        before: QuotaLimitsResponse.of(own),
        after: QuotaLimitsResponse.of(quota),
      });
      return { status: 200, headers: {}, body: await this.customers.get(id, em) };
    });
  }
}

function quotaOf({ instances, cpus, memory }: SetQuotaRequest): Quota {
  return {
    ...(instances === undefined ? {} : { instances }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryBytes: sizeOf(memory) }),
  };
}

function sizeOf(memory: string): number {
  try {
    return parseSize(memory);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw InvalidRequest.field('memory', error.code, `${error.message}. ${error.hint ?? ''}`.trim());
  }
}
