import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Explanation, LENGTH_REQUIRED, REQUEST_MALFORMED } from '../pages/explanation';

/** RFC 9110 §7.6.1, plus the proxy credentials that are meant for us. The proxy itself says how the body is framed. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
];
/** A client may not name these in its Connection header to have them removed. */
const NEVER_HOP_BY_HOP: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding']);
/** Said by the edge alone; Odoo and the gateway believe them. */
const OURS = /^(?:x-forwarded-.*|forwarded|x-real-ip|x-odoo-.*)$/;
/** The server has already answered 100 to it. */
const ANSWERED = ['expect'];
/** http-proxy-3 gives these a Content-Length of 0, which would let their body pass for another request. */
const FRAMED_BY_PROXY: ReadonlySet<string | undefined> = new Set(['DELETE', 'OPTIONS']);

const BAD_GATEWAY = 502;

/** Why a request cannot be sent on however willing the upstream is; `undefined` when it can. */
export function refuse(request: IncomingMessage): Explanation | undefined {
  const { method, headers, headersDistinct, url } = request;
  if (FRAMED_BY_PROXY.has(method) && headers['transfer-encoding'] !== undefined) return LENGTH_REQUIRED;
  // Two hosts would mean two things to two readers (RFC 9112 §3.2).
  if (headersDistinct['host']?.length !== 1) return REQUEST_MALFORMED;
  return url !== undefined && URL.canParse(url, 'http://base.invalid') ? undefined : REQUEST_MALFORMED;
}

export interface Client {
  readonly address: string;
  /** What it speaks, before TLS ends. */
  readonly scheme: 'http' | 'https';
}

/** Leaves in `request.headers` what may travel, and adds what the upstream must know of the client. */
export function prepareHeaders(request: IncomingMessage, { address, scheme }: Client): void {
  const { headers } = request;
  for (const name of [...namedByClient(headers), ...HOP_BY_HOP, ...ANSWERED])
    Reflect.deleteProperty(headers, name);
  for (const name of Object.keys(headers).filter((key) => OURS.test(key)))
    Reflect.deleteProperty(headers, name);
  headers['x-forwarded-for'] = address;
  headers['x-real-ip'] = address;
  headers['x-forwarded-host'] = headers.host ?? '';
  headers['x-forwarded-proto'] = scheme;
}

/** The same for the start of a websocket, which lives on two of the headers that are otherwise taken away. */
export function prepareUpgrade(request: IncomingMessage, client: Client): void {
  prepareHeaders(request, client);
  request.headers.connection = 'Upgrade';
  request.headers.upgrade = 'websocket';
}

/** Removes from an answer what was meant for the connection between us and the upstream. */
export function prepareAnswer(answer: IncomingMessage, clientStays: boolean): void {
  for (const name of [...namedByClient(answer.headers), ...HOP_BY_HOP])
    Reflect.deleteProperty(answer.headers, name);
  answer.headers.connection = clientStays ? 'keep-alive' : 'close';
  if (!isFinalStatus(answer.statusCode)) answer.statusCode = BAD_GATEWAY;
  // Reason phrases mean nothing to HTTP, and an odd one must not break the answer.
  answer.statusMessage = '';
}

export function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Node's parser lets more through than its server can write. */
function isFinalStatus(status = 0): boolean {
  return status >= 200 && status <= 999;
}

function namedByClient({ connection }: IncomingHttpHeaders): string[] {
  const names = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && !NEVER_HOP_BY_HOP.has(name));
}
