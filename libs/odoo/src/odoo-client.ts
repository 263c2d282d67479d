import { AppError } from '@saasodoo/kernel';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';

export interface ProbeOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** What Odoo is told the host is; the URL's own when absent. */
  readonly hostHeader?: string;
}

export interface AuthenticateOptions {
  readonly database: string;
  readonly login: string;
  readonly password: string;
  /** Default 30 s: the first request makes a fresh server load its modules. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

const AUTHENTICATE_TIMEOUT_MS = 30_000;

/** Speaks to a running Odoo over plain HTTP, as the overlay network carries it. */
export class OdooClient {
  /**
   * The status of `GET path`, redirects not followed; `undefined` when nobody answers within `timeoutMs`.
   * Throws the signal's reason when that aborts.
   */
  async probe(baseUrl: string, path: string, options: ProbeOptions): Promise<number | undefined> {
    const url = new URL(path, baseUrl);
    const headers = { host: options.hostHeader ?? url.host };
    try {
      const response = await send(url, { method: 'GET', headers, signal: deadline(options) });
      response.destroy();
      return response.statusCode;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isSilence(error)) return undefined;
      throw error;
    }
  }

  /**
   * The user's id, or `undefined` when login and password do not fit.
   * Throws `odoo.unreachable`, `odoo.rpc_failed`.
   */
  async authenticate(baseUrl: string, options: AuthenticateOptions): Promise<number | undefined> {
    const { database, login, password, timeoutMs = AUTHENTICATE_TIMEOUT_MS, signal } = options;
    const params = { service: 'common', method: 'authenticate', args: [database, login, password, {}] };
    const url = new URL('/jsonrpc', baseUrl);
    const answer = await call(
      url,
      params,
      deadline({ timeoutMs, ...(signal === undefined ? {} : { signal }) }),
    );
    return typeof answer === 'number' ? answer : undefined;
  }
}

function deadline({ timeoutMs, signal }: Pick<ProbeOptions, 'timeoutMs' | 'signal'>): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** One request on a connection of its own: a kept one could belong to a task that is gone. */
async function send(url: URL, { method, headers, body, signal }: Exchange): Promise<IncomingMessage> {
  const outgoing = request(url, { method, headers, signal, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

/** Errors of the network, and a deadline, carry a code of their own; `ERR_…` is a request that could not be made. */
function isSilence(error: unknown): boolean {
  const code = property(error, 'code');
  return typeof code === 'string' && !code.startsWith('ERR_');
}

async function call(url: URL, params: object, signal: AbortSignal): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', params, id: 1 });
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const answer = await send(url, { method: 'POST', headers, body, signal })
    .then(json)
    .catch((cause: unknown) => {
      throw AppError.retryable('odoo.unreachable', `no answer to ${url.pathname} from ${url.host}`, {
        cause,
        hint: 'Is the service running, and is this process in its network?',
      });
    });
  return resultOf(answer);
}

function resultOf(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'result' in answer) return answer.result;
  throw AppError.terminal('odoo.rpc_failed', `Odoo refused the call: ${refusal(answer)}`, {
    hint: "Look at the instance's log for the traceback.",
  });
}

/** Odoo's own sentence is in `error.data.message`; `error.message` says only that there is one. */
function refusal(answer: unknown): string {
  const error = property(answer, 'error');
  const said = property(property(error, 'data'), 'message') ?? property(error, 'message');
  return typeof said === 'string' ? said : 'no reason given';
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
