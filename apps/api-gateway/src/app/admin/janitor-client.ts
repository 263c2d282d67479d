import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { AccessConfig } from './access.config';
import type { JanitorReportResponse } from './janitor-report.response';

/** A run looks at everything there is, and removes what is due. */
const RUN_WITHIN_MS = 300_000;
const ANSWER_WITHIN_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
/** What the janitor may say to an operator. */
const UNDERSTOOD: readonly number[] = [404, 409, 422, 503];

interface Refusal {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly hint?: unknown;
}

/** Asks the janitor, which holds the keys to what it cleans. */
@Injectable()
export class JanitorClient {
  constructor(@Inject(AccessConfig) private readonly config: AccessConfig) {}

  /** Of its last run. Throws `janitor.unreachable`, or `janitor.no_report`. */
  async report(): Promise<JanitorReportResponse> {
    return this.ask('GET', 'report', ANSWER_WITHIN_MS);
  }

  /** Throws `janitor.unreachable`, or what the janitor refuses with: `janitor.busy`. */
  async run(dryRun: boolean): Promise<JanitorReportResponse> {
    return this.ask('POST', `run?dry_run=${dryRun}`, RUN_WITHIN_MS);
  }

  private async ask(method: string, path: string, withinMs: number): Promise<JanitorReportResponse> {
    const { JANITOR_URL: url, JANITOR_KEY: key } = this.config;
    if (url === undefined || key === undefined)
      throw unreachable('Set JANITOR_URL and JANITOR_KEY of the gateway.');
    try {
      const signal = AbortSignal.timeout(withinMs);
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`${url}/internal/${path}`, { method, headers, signal });
      const body: unknown = await answer.json();
      if (answer.ok) return body as JanitorReportResponse;
      throw refusal(answer.status, body as Refusal);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw unreachable('Try again in a few seconds; a run that was begun goes on.', error);
    }
  }
}

function refusal(status: number, { code, detail, hint }: Refusal): AppError {
  if (!UNDERSTOOD.includes(status) || typeof code !== 'string' || typeof detail !== 'string') {
    return unreachable('The log of the janitor says more.', new Error(`the janitor answers ${status}`));
  }
  return AppError.terminal(code, detail, {
    httpStatus: status,
    ...(typeof hint === 'string' ? { hint } : {}),
  });
}

function unreachable(hint: string, cause?: unknown): AppError {
  return AppError.retryable('janitor.unreachable', 'the janitor does not answer', {
    httpStatus: 503,
    hint,
    facts: { retry_after_seconds: RETRY_AFTER_SECONDS },
    ...(cause === undefined ? {} : { cause }),
  });
}
