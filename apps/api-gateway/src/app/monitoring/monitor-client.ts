import { Inject, Injectable } from '@nestjs/common';
import { AppError, type ErrorRecord } from '@saasodoo/kernel';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GatewayConfig } from '../app.config';
import type { DiagnosisResponse } from './diagnosis.response';
import type { LogLineResponse } from './log-line.response';
import type { ServiceStatusResponse } from './service-status.response';

export interface LogWish {
  readonly tail: number;
  readonly since?: string;
  readonly follow: boolean;
}

/** Diagnoses ask many; each of them has limits of its own. */
const ANSWER_WITHIN_MS = 20_000;
const RETRY_AFTER_SECONDS = 5;
/** What the monitor may say to a client of ours. */
const UNDERSTOOD: readonly number[] = [404, 422, 503];

/** Asks the monitor what only the engine knows: the gateway itself has no Docker socket. */
@Injectable()
export class MonitorClient {
  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  async diagnosis(instanceId: string): Promise<DiagnosisResponse> {
    return this.json<DiagnosisResponse>(`instances/${instanceId}/diagnosis`);
  }

  async service(name: string): Promise<ServiceStatusResponse> {
    return this.json<ServiceStatusResponse>(`services/${encodeURIComponent(name)}`);
  }

  /** Each line as soon as the monitor has it, until `signal` aborts. Throws `monitor.unreachable` before the first. */
  async logs(
    instanceId: string,
    { tail, since, follow }: LogWish,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<LogLineResponse>> {
    const query = new URLSearchParams({ tail: String(tail), follow: String(follow) });
    if (since !== undefined) query.set('since', since);
    const answer = await this.ask(`instances/${instanceId}/logs?${query.toString()}`, {
      signal,
      // What is followed goes on for as long as it is watched.
      withinMs: follow ? undefined : ANSWER_WITHIN_MS,
    });
    return linesOf(answer, signal);
  }

  // Its type is what the monitor of the same release answers.

  private async json<T>(path: string): Promise<T> {
    const answer = await this.ask(path, { withinMs: ANSWER_WITHIN_MS });
    try {
      return (await answer.json()) as T;
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  private async ask(
    path: string,
    { signal, withinMs }: { readonly signal?: AbortSignal; readonly withinMs?: number | undefined },
  ): Promise<Response> {
    const { MONITOR_URL: url, MONITOR_KEY: key } = this.config;
    if (url === undefined || key === undefined) throw notConfigured();
    const limits = [signal, withinMs === undefined ? undefined : AbortSignal.timeout(withinMs)];
    const answer = await fetch(`${url}/internal/${path}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.any(limits.filter((limit) => limit !== undefined)),
    }).catch((cause: unknown) => {
      throw unreachable(cause);
    });
    if (answer.ok) return answer;
    throw await refusal(answer);
  }
}

async function* linesOf(answer: Response, signal: AbortSignal): AsyncGenerator<LogLineResponse> {
  if (answer.body === null) return;
  const body = Readable.fromWeb(answer.body);
  const lines = createInterface({ input: body });
  // Readline does not hand on what befalls its input.
  const broken = new Promise<never>((_resolve, reject) => body.once('error', reject));
  broken.catch(() => undefined);
  const iterator = lines[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), broken]);
      if (done === true) return;
      yield JSON.parse(value) as LogLineResponse;
    }
  } catch (cause) {
    if (!signal.aborted) throw unreachable(cause);
  } finally {
    lines.close();
    body.destroy();
  }
}

async function refusal(answer: Response): Promise<AppError> {
  const record = (await answer.json().catch(() => undefined)) as Partial<ErrorRecord> | undefined;
  const { code, message, hint } = record ?? {};
  if (!UNDERSTOOD.includes(answer.status) || code === undefined || message === undefined)
    return unreachable(new Error(`the monitor answers ${answer.status} ${code ?? ''}`));
  return AppError.terminal(code, message, {
    httpStatus: answer.status,
    ...(hint === undefined ? {} : { hint }),
  });
}

export function unreachable(cause?: unknown): AppError {
  return AppError.retryable('monitor.unreachable', 'the monitor does not answer', {
    ...(cause === undefined ? {} : { cause }),
    httpStatus: 503,
    hint: 'Try again in a few seconds. What was last seen of an instance is at its /health.',
    facts: { retry_after_seconds: RETRY_AFTER_SECONDS },
  });
}

function notConfigured(): AppError {
  return AppError.terminal('monitor.not_configured', 'this site has no monitor to ask', {
    httpStatus: 503,
    hint: 'Set MONITOR_URL and MONITOR_KEY of the gateway.',
  });
}
