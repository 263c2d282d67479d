import { AppError, formatSize } from '@saasodoo/kernel';

/**
 * The files of a backup have room in the instance, where its limit is enforced: a customer may have lowered it since. Throws
 * `backup.exceeds_limit` (409).
 */
export function assertWithinLimit(
  { bytes }: { readonly bytes: number },
  { storageBytes }: { readonly storageBytes: number },
): void {
  if (bytes <= storageBytes) return;
  throw AppError.terminal(
    'backup.exceeds_limit',
    `the backup has ${Math.ceil(bytes / 1024 ** 2)}M of files, and the instance may store ${formatSize(storageBytes)}`,
    {
      httpStatus: 409,
      hint: 'Raise the storage limit of the instance, then restore.',
      facts: { bytes, limit: storageBytes },
    },
  );
}
