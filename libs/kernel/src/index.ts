export {
  AppError,
  type AppErrorOptions,
  type ErrorFacts,
  type ErrorRecord,
  isRetryable,
  toErrorRecord,
} from './app-error';
export { backoff } from './backoff';
export { formatSize, parseSize } from './bytes';
export { type Clock, systemClock } from './clock';
export { crashPoint } from './crash-point';
export { errorCode } from './error-code';
export { isUuid, newId, shortHex } from './ids';
export { randomSecret, SecretBox } from './secret-box';
export { until, type UntilOptions } from './until';
export { type WithoutNulls, withoutNulls } from './without-nulls';
