import { AppError, formatSize } from '@saasodoo/kernel';
import type { Instance } from './instance';

/**
 * A limit is not below what the files take, as far as that is known. The storage itself has the last word when the limit is
 * set. Throws `storage.quota_below_usage`.
 */
export function assertStorageFits(
  { storageBytes: wanted }: { readonly storageBytes?: number },
  { storageUsedBytes: used }: Pick<Instance, 'storageUsedBytes'>,
): void {
  if (wanted === undefined || used === undefined || used <= wanted) return;
  throw AppError.terminal(
    'storage.quota_below_usage',
    `${wholeMebibytes(used)} are used already, more than the ${formatSize(wanted)} that are asked for`,
    {
      httpStatus: 409,
      hint: 'Ask for more than is used, or remove files first: what was removed counts some seconds longer.',
      facts: { used, wanted },
    },
  );
}

function wholeMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)}M`;
}
