import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository, CustomerRepository } from '@saasodoo/identity/data-access';
import { assertStrongPassword, normaliseEmail } from '@saasodoo/identity/domain';
import { AppError, newId } from '@saasodoo/kernel';
import { InvalidRequest } from '../http/invalid-request';
import { type Attempt, IdempotentRequests } from '../idempotency/idempotent-requests';
import type { Answer } from '../http/answer';
import { CustomerResponse } from './customer.response';
import { Passwords } from './passwords';
import type { RegisterRequest } from './register.request';

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(CustomerRepository) private readonly customers: CustomerRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  /** Throws `email.taken`, or `InvalidRequest` for a weak password. */
  async register(
    request: RegisterRequest,
    { idempotencyKey, address }: { readonly idempotencyKey: string | undefined; readonly address: string },
  ): Promise<Answer<CustomerResponse>> {
    const email = normaliseEmail(request.email);
    assertPassword(request.password, email);
    // Outside of the transaction: hashing takes longer than a connection should be held.
    const passwordHash = await this.passwords.hash(request.password);
    const attempt: Attempt = {
      scope: `register:${email}`,
      key: idempotencyKey,
      operation: 'register',
      request,
    };
    return this.requests.run(attempt, async (em) => {
      const customer = await this.customers.insert(em, {
        id: newId(),
        email,
        firstName: request.first_name,
        lastName: request.last_name,
        passwordHash,
      });
      await this.audit.record(em, {
        actor: { customerId: customer.id, role: customer.role, address },
        action: 'customer.register',
        subject: customer.id,
        after: { email, first_name: customer.firstName, last_name: customer.lastName },
      });
      return { status: 201, headers: {}, body: CustomerResponse.of(customer) };
    });
  }
}

function assertPassword(password: string, email: string): void {
  try {
    assertStrongPassword(password, email);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw InvalidRequest.field('password', error.code, `${error.message}. ${error.hint ?? ''}`.trim());
  }
}
