import { Injectable } from '@nestjs/common';
import { redactText } from './redact';

/** Resolves when the thing is usable; throws, saying why, when it is not. */
export type HealthCheck = () => Promise<void> | void;

export interface Readiness {
  readonly ready: boolean;
  /** By name: `ok`, or why not. */
  readonly checks: Readonly<Record<string, string>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** The named conditions under which this process can do its work. Modules register theirs when they start. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, HealthCheck>();

  /** A second check of the same name replaces the first. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** Looks at everything now; a check that does not answer within two seconds has failed. */
  async readiness(): Promise<Readiness> {
    const looked = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await look(check)] as const),
    );
    return { ready: looked.every(([, found]) => found === 'ok'), checks: Object.fromEntries(looked) };
  }
}

async function look(check: HealthCheck): Promise<string> {
  const answered = new AbortController();
  try {
    await Promise.race([check(), deadline(answered.signal)]);
    return 'ok';
  } catch (error) {
    return redactText(error instanceof Error ? error.message : String(error)) || 'failed';
  } finally {
    answered.abort();
  }
}

/** Rejects when the time is over; nothing happens any more once `signal` aborts. */
function deadline(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`));
    }, CHECK_TIMEOUT_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  });
}
