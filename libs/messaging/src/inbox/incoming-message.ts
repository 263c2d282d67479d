import { isUuid } from '@saasodoo/kernel';
import type { ConsumeMessage } from 'amqplib';
import { createHash } from 'node:crypto';
import { attribute } from '../cloud-event-headers';

/** A delivery in the shape of an inbox row. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly type: string;
  readonly subject: string;
  /** JSON text; `undefined` when the body is not JSON, then `raw` holds it. */
  readonly payload: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
  /** Why nobody can handle it. */
  readonly defect: string | undefined;
}

/** Never throws: what cannot be understood is described, so that it can be kept and looked at. */
export function toIncomingMessage({ content, properties, fields }: ConsumeMessage): IncomingMessage {
  const headers = printable(properties.headers ?? {});
  const id: unknown = attribute(headers, 'id') ?? properties.messageId;
  const type: unknown = attribute(headers, 'type') ?? properties.type;
  const payload = json(content);
  return {
    messageId: typeof id === 'string' && isUuid(id) ? id : idOfContent(content),
    type: typeof type === 'string' ? type.replaceAll('\0', '') : '',
    subject: attribute(headers, 'subject') ?? '',
    payload,
    headers,
    raw: content,
    defect:
      payload === undefined ? `the body from ${fields.exchange} ${fields.routingKey} is not JSON` : undefined,
  };
}

function json(content: Buffer): string | undefined {
  const text = content.toString('utf8');
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // PostgreSQL keeps no NUL character, not even escaped.
  return text.includes('\\u0000') ? undefined : text;
}

function printable(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll('\0', ''),
      typeof value === 'string' ? value.replaceAll('\0', '') : String(value),
    ]),
  );
}

/** A foreign message without a UUID still has to be recognised when it comes again. */
function idOfContent(content: Buffer): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
