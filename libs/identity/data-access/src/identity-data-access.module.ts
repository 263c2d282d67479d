import { Module } from '@nestjs/common';
import { AuditLogRepository } from './audit-log.repository';
import { CustomerRepository } from './customer.repository';
import { IdempotencyKeyRepository } from './idempotency-key.repository';
import { QuotaRepository } from './quota.repository';
import { RefreshTokenRepository } from './refresh-token.repository';
import { RoleRepository } from './role.repository';

const repositories = [
  AuditLogRepository,
  CustomerRepository,
  IdempotencyKeyRepository,
  QuotaRepository,
  RefreshTokenRepository,
  RoleRepository,
];

@Module({ providers: repositories, exports: repositories })
export class IdentityDataAccessModule {}
