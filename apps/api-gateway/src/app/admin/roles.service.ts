import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository, RefreshTokenRepository, RoleRepository } from '@saasodoo/identity/data-access';
import { type Customer, hasRole, type Role, roleInsufficient } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { AdminCustomerResponse } from './admin-customer.response';
import { CustomersService } from './customers.service';
import type { OperatorRequest } from './operator-request';

/** Who is an operator. */
@Injectable()
export class RolesService {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(RoleRepository) private readonly roles: RoleRepository,
    @Inject(RefreshTokenRepository) private readonly refreshTokens: RefreshTokenRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Gives an account a role. Who loses rights loses all sessions too, and keeps the rights for as long as the access token at
   * hand lives. Throws `customer.not_found`, `role.last_admin`, or `role.insufficient` when the actor's own token is such
   * a leftover.
   */
  change(
    { id, actor, idempotencyKey: key }: OperatorRequest,
    role: Role,
  ): Promise<Answer<AdminCustomerResponse>> {
    const attempt = { scope: actor.customerId, key, operation: `set-role:${id}`, request: { role } };
    return this.requests.run(attempt, async (em) => {
      const admins = await this.roles.lockAdmins(em);
      if (!admins.includes(actor.customerId)) throw roleInsufficient('admin');
      const customer = await this.customers.find(id, em);
      if (customer.role === 'admin' && role !== 'admin' && admins.length === 1) throw lastAdmin();
      if (customer.role !== role) {
        await this.set(em, customer, role);
        const change = { before: { role: customer.role }, after: { role } };
        await this.audit.record(em, {
          ...{ actor, customerId: id, action: 'customer.set_role', subject: id },
          ...change,
        });
      }
      return { status: 200, headers: {}, body: await this.customers.get(id, em) };
    });
  }

  private async set(em: EntityManager, { id, role: before }: Customer, role: Role): Promise<void> {
    await this.roles.setRole(em, id, role);
    if (!hasRole(role, before)) await this.refreshTokens.revokeAll(em, id, 'demotion');
  }
}

function lastAdmin(): AppError {
  return AppError.terminal('role.last_admin', 'this is the last admin', {
    httpStatus: 409,
    hint: 'Make somebody else an admin first.',
  });
}
