import { AppError, type Clock } from '@saasodoo/kernel';

export interface AttemptLimits {
  /** Why the attempt may have to stop: the lease is lost, the operation was cancelled, the worker shuts down. */
  readonly signals: readonly AbortSignal[];
  readonly timeoutMs: number;
  /** How long an attempt that was told to stop may take. */
  readonly settleMs: number;
  readonly clock: Clock;
}

/**
 * Runs `work` under a signal that aborts for any of the reasons given, or at the time limit (`operation.step_timed_out`).
 * What `work` still achieves after that counts; what it throws after that is the reason why it was stopped.
 */
export async function attempt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: AttemptLimits,
): Promise<T> {
  const { signals, timeoutMs, clock } = limits;
  const over = new AbortController();
  const timeout = new AbortController();
  const signal = AbortSignal.any([...signals, timeout.signal]);
  void clock.sleep(timeoutMs, over.signal).then(
    () => timeout.abort(timedOut(timeoutMs)),
    () => undefined, // the work ended before its time
  );
  try {
    signal.throwIfAborted();
    return await Promise.race([work(signal), abandoned(signal, limits, over.signal)]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    over.abort();
  }
}

/** Rejects some time after the signal, for work that does not listen to it. */
async function abandoned(
  signal: AbortSignal,
  { settleMs, clock }: AttemptLimits,
  over: AbortSignal,
): Promise<never> {
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over }),
  );
  await clock.sleep(settleMs, over);
  throw signal.reason;
}

function timedOut(timeoutMs: number): AppError {
  return AppError.retryable('operation.step_timed_out', `the step did not end within ${timeoutMs / 1000} s`, {
    hint: 'The progress of the step says what it waited for.',
  });
}
