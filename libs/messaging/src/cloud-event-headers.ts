/** AMQP headers that carry the CloudEvents attributes (binary mode). */
const PREFIX = 'cloudEvents:';

export interface CloudEventAttributes {
  readonly id: string;
  readonly type: string;
  /** The app that wrote it, as `/saasodoo/provisioner`. */
  readonly source: string;
  /** Id of what it is about, mostly the instance. */
  readonly subject: string;
  /** ISO 8601, when it was written. */
  readonly time: string;
  /** Id of the request or message that everything began with. */
  readonly correlationid: string;
  /** Id of the message that led to this one. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

export type MessageHeaders = Readonly<Record<string, string>>;

export function toHeaders(attributes: CloudEventAttributes): MessageHeaders {
  const entries: [string, string][] = Object.entries({ specversion: '1.0', ...attributes });
  return Object.fromEntries(entries.map(([name, value]) => [`${PREFIX}${name}`, value]));
}

/** An attribute, or `undefined` when it is missing or not text. */
export function attribute(headers: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = headers[`${PREFIX}${name}`];
  return typeof value === 'string' ? value : undefined;
}
