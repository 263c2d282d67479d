import { AppError, formatSize } from '@saasodoo/kernel';
import { sqlDetail, sqlState } from './sql-state';

/** Raised by the trigger of the table `instance`, see the migration `0006-access`. */
const QUOTA_EXCEEDED = 'QUOTA';

interface Excess {
  readonly what: 'instances' | 'cpus' | 'memory_bytes';
  readonly limit: number;
  readonly used: number;
  /** How much more. */
  readonly wanted: number;
}

/**
 * `quota.exceeded` (409), caused by `error`, when that says that writing an instance would have taken its customer past a
 * limit; nothing was written then. Whoever inserts an instance or raises its limits maps what is thrown:
 * `throw quotaExceeded(error) ?? error`.
 */
export function quotaExceeded(error: unknown): AppError | undefined {
  if (sqlState(error) !== QUOTA_EXCEEDED) return undefined;
  const { what, limit, used, wanted } = JSON.parse(sqlDetail(error) ?? '{}') as Excess;
  const show = (amount: number): string => (what === 'memory_bytes' ? formatSize(amount) : String(amount));
  const name = what === 'memory_bytes' ? 'of memory' : what === 'cpus' ? 'CPUs' : what;
  return AppError.terminal(
    'quota.exceeded',
    `the quota is ${show(limit)} ${name}: ${show(used)} are used, and ${show(wanted)} more are wanted`,
    {
      httpStatus: 409,
      hint: 'Terminate or shrink an instance, or ask for a larger quota; GET /instance/quota shows it.',
      facts: { what, limit, used, wanted },
      cause: error,
    },
  );
}
