import { ApiProperty } from '@nestjs/swagger';
import type { Customer, CustomerQuota } from '@saasodoo/identity/domain';
import { CustomerResponse } from '../auth/customer.response';
import { QuotaResponse } from '../quota/quota.response';

/** A customer with what they may use. */
export class AdminCustomerResponse extends CustomerResponse {
  @ApiProperty({ type: QuotaResponse })
  readonly quota!: QuotaResponse;

  static withQuota(customer: Customer, quota: CustomerQuota): AdminCustomerResponse {
    return { ...CustomerResponse.of(customer), quota: QuotaResponse.of(quota) };
  }
}
