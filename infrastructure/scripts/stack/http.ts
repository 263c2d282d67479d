import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { StackSettings } from './settings.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as it is, in the place of JSON. */
  readonly content?: Readable;
  readonly timeoutMs?: number;
}

/**
 * Speaks to the edge of a deployment as a browser would, but without asking DNS: the connection goes to the engine's machine
 * and the Host header says which of the platform's hosts is meant.
 */
export class EdgeClient {
  readonly settings: StackSettings;

  constructor(settings: StackSettings) {
    this.settings = settings;
  }

  open(host: string, path: string, call: HttpCall = {}): Promise<IncomingMessage> {
    const body = call.json === undefined ? undefined : JSON.stringify(call.json);
    const headers = {
      host: `${host}.${this.settings.baseDomain}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...call.headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: this.settings.engineHost,
          port: this.settings.publicPort,
          path,
          method: call.method ?? 'GET',
          headers,
        },
        resolve,
      );
      outgoing.setTimeout(call.timeoutMs ?? 30_000, () =>
        outgoing.destroy(new Error(`no answer from ${host}${path}`)),
      );
      outgoing.on('error', reject);
      if (call.content === undefined) outgoing.end(body);
      else call.content.pipe(outgoing);
    });
  }

  async call(host: string, path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    const response = await this.open(host, path, call);
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  }
}

/** The title of a page, by which the edge's own pages are told from each other and from Odoo's. */
export function pageTitle({ body }: Pick<HttpAnswer, 'body'>): string {
  return /<title>([^<]*)<\/title>/.exec(body)?.[1]?.trim() ?? '';
}
