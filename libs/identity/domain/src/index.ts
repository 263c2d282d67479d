export type { Actor } from './actor';
export type { Customer } from './customer';
export { normaliseEmail } from './normalise-email';
export { changeScope, isInScope, type OwnerScope, readScope, roleInsufficient } from './owner-scope';
export { assertStrongPassword, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from './password-policy';
export type { CustomerQuota, Quota, Usage } from './quota';
export { hashRefreshToken, newRefreshToken, type RefreshToken } from './refresh-token';
export { hasRole, type Role, roles } from './role';
