import { Inject, Injectable } from '@nestjs/common';
import { CustomerRepository, QuotaRepository } from '@saasodoo/identity/data-access';
import { type Customer, roles } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import { CustomerResponse } from '../auth/customer.response';
import { choice, type Query, text } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import { AdminCustomerResponse } from './admin-customer.response';
import type { CustomerListResponse } from './customer-list.response';

const PARAMETERS = ['page', 'page_size', 'role', 'text'];

/** Customers as operators see them. */
@Injectable()
export class CustomersService {
  constructor(
    @Inject(CustomerRepository) private readonly customers: CustomerRepository,
    @Inject(QuotaRepository) private readonly quotas: QuotaRepository,
  ) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<CustomerListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const page = parsePage(query);
    const filter = { ...page, ...choice(query, 'role', roles), ...text(query, 'text') };
    const { customers, total } = await this.customers.list(filter);
    return {
      customers: customers.map((customer) => CustomerResponse.of(customer)),
      total,
      page: page.page,
      page_size: page.pageSize,
    };
  }

  /** Throws `customer.not_found`. */
  async find(id: string, em?: EntityManager): Promise<Customer> {
    const customer = await this.customers.find(id, em);
    if (customer !== undefined) return customer;
    throw AppError.terminal('customer.not_found', 'there is no customer with this id', { httpStatus: 404 });
  }

  /** Throws `customer.not_found`. */
  async get(id: string, em?: EntityManager): Promise<AdminCustomerResponse> {
    const customer = await this.find(id, em);
    return AdminCustomerResponse.withQuota(customer, await this.quotas.of(id, em));
  }
}
