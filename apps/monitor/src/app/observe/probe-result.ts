/** What is known of a task's Odoo from asking it over HTTP. */
export interface ProbeResult {
  readonly taskId: string;
  /** The last status it answered with; absent when nobody answered the last time. */
  readonly status?: number;
  /** Whether it has ever answered as it should. */
  readonly answered: boolean;
  /** Failures since it last did. */
  readonly misses: number;
  readonly probedAt: Date;
}

/** Redirects and refusals come from a living Odoo; from 500 on it is none. */
export function isAnswer(status: number | undefined): boolean {
  return status !== undefined && status < 500;
}

/** What is known after one more answer, or silence. */
export function afterProbe(
  before: ProbeResult | undefined,
  taskId: string,
  { status, probedAt }: { readonly status: number | undefined; readonly probedAt: Date },
): ProbeResult {
  const known = before?.taskId === taskId ? before : undefined;
  const answers = isAnswer(status);
  return {
    taskId,
    ...(status === undefined ? {} : { status }),
    answered: answers || known?.answered === true,
    misses: answers ? 0 : (known?.misses ?? 0) + 1,
    probedAt,
  };
}

/** How long until the next question: soon when there was no answer, since one silence alone proves nothing. */
export function probeDelay(result: ProbeResult, everyMs: number, soonMs: number): number {
  return result.misses === 0 ? everyMs : Math.min(everyMs, soonMs * 2 ** Math.min(result.misses - 1, 10));
}
