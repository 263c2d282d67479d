/** Facts that explain an error to a machine: ids, sizes in bytes, names. Never a secret. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface AppErrorOptions {
  /** What the reader can do about it, as a sentence. */
  readonly hint?: string;
  readonly facts?: ErrorFacts;
  readonly cause?: unknown;
  /** HTTP status the gateway answers with when this error reaches it; 500 when absent. */
  readonly httpStatus?: number;
}

/**
 * The one error class of the platform: a stable dotted `code` (`database_name.taken`), a sentence, facts and a hint.
 * `retryable` answers the only question a worker asks: is it worth trying the same thing again later?
 */
export class AppError extends Error {
  readonly hint: string | undefined;
  readonly facts: ErrorFacts;
  readonly httpStatus: number;

  private constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    options: AppErrorOptions,
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.hint = options.hint;
    this.facts = options.facts ?? {};
    this.httpStatus = options.httpStatus ?? 500;
  }

  /** Trying again cannot help: bad input, a missing image, a refused placement. */
  static terminal(code: string, message: string, options: AppErrorOptions = {}): AppError {
    return new AppError(code, message, false, options);
  }

  /** The same attempt may succeed later: a connection, a timeout, a version conflict. */
  static retryable(code: string, message: string, options: AppErrorOptions = {}): AppError {
    return new AppError(code, message, true, options);
  }
}

/** Errors nobody classified are retried: attempts are bounded, and a lost effect is worse than a repeated one. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof AppError) || error.retryable;
}

/** What is stored on an operation or shown to an operator; plain data, safe to serialise. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly facts?: ErrorFacts;
}

/** Turns anything thrown into a record with a code; the stack stays in the log. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof AppError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(Object.keys(error.facts).length === 0 ? {} : { facts: error.facts }),
    };
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
