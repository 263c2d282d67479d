export { type AuditEntry, auditWrite } from './audit-entry';
export { type AuditFilter, AuditLogRepository, type RecordedEntry } from './audit-log.repository';
export {
  type CustomerCredentials,
  type CustomerFilter,
  CustomerRepository,
  type NewCustomer,
} from './customer.repository';
export {
  type Claim,
  type IdempotencyKey,
  IdempotencyKeyRepository,
  type StoredAnswer,
} from './idempotency-key.repository';
export { IdentityDataAccessModule } from './identity-data-access.module';
export { IdentityPruner } from './identity-pruner';
export { QuotaRepository } from './quota.repository';
export { type NewFamily, RefreshTokenRepository, type Rotation } from './refresh-token.repository';
export { RoleRepository } from './role.repository';
