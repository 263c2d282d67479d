export type { Customer } from './customer';
export { normaliseEmail } from './normalise-email';
export { assertStrongPassword, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from './password-policy';
export { hashRefreshToken, newRefreshToken, type RefreshToken } from './refresh-token';
