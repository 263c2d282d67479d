/** Who a Host header asks for. */
export type AskedHost =
  | { readonly kind: 'gateway' }
  | { readonly kind: 'instance'; readonly databaseName: string }
  | { readonly kind: 'unknown' };

const GATEWAY_LABELS: ReadonlySet<string> = new Set(['api', 'auth']);
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT = /:\d{1,5}$/;
/** A DNS name has 253 characters, then come a dot and a port. */
const MAX_LENGTH = 260;

/**
 * Reads a Host header: any case, with or without port and trailing dot. Only `{label}.{baseDomain}` is somebody;
 * everything else, however it is written, is `unknown`.
 */
export function parseHost(header: string | undefined, baseDomain: string): AskedHost {
  if (header === undefined || header.length > MAX_LENGTH) return { kind: 'unknown' };
  const host = header.toLowerCase().replace(PORT, '').replace(/\.$/, '');
  const suffix = `.${baseDomain.toLowerCase()}`;
  if (!host.endsWith(suffix)) return { kind: 'unknown' };
  const label = host.slice(0, -suffix.length);
  if (!LABEL.test(label)) return { kind: 'unknown' };
  return GATEWAY_LABELS.has(label) ? { kind: 'gateway' } : { kind: 'instance', databaseName: label };
}
