/**
 * The `code` of a system error, such as `ENOENT`. Told by shape: an error of Node's own core is no `instanceof Error` for
 * code that runs in another realm, as tests do.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
