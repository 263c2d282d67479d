import { AppError, type ErrorFacts } from '@saasodoo/kernel';

interface HttpRule {
  readonly status: number;
  readonly says?: RegExp;
  readonly code: string;
  readonly retryable: boolean;
  readonly hint: string;
}

/** First match wins. The engine answers 500 for some mistakes of the caller, so its words count as much as its status. */
const HTTP_RULES: readonly HttpRule[] = [
  {
    status: 500,
    says: /update out of sequence/,
    code: 'swarm.conflict',
    retryable: true,
    hint: 'Somebody else changed it in between: read it again and repeat the change.',
  },
  {
    status: 500,
    says: /network .* not found/,
    code: 'swarm.network_missing',
    retryable: false,
    hint: 'Create the overlay network, or correct its name.',
  },
  {
    status: 500,
    says: /constraint expected/,
    code: 'swarm.invalid',
    retryable: false,
    hint: 'Write placement constraints as key==value or key!=value.',
  },
  {
    status: 404,
    code: 'swarm.not_found',
    retryable: false,
    hint: 'It was removed, or never existed in this Swarm.',
  },
  {
    status: 409,
    code: 'swarm.name_taken',
    retryable: false,
    hint: 'Choose another name, or remove what holds this one.',
  },
  {
    status: 400,
    says: /is in use/,
    code: 'swarm.in_use',
    retryable: true,
    hint: 'Remove the services that use it first.',
  },
  { status: 400, code: 'swarm.invalid', retryable: false, hint: 'Correct what the message names.' },
  {
    status: 501,
    code: 'swarm.unsupported',
    retryable: false,
    hint: 'Swarm cannot change this: remove and create anew.',
  },
  {
    status: 503,
    says: /not a swarm manager/,
    code: 'swarm.not_manager',
    retryable: true,
    hint: 'Point the platform at a manager node, or run: docker swarm init',
  },
];

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Errors after which nobody knows whether the engine did what it was asked to. */
const OUTCOME_UNKNOWN = new Set(['swarm.timeout', 'swarm.connection_lost', 'swarm.engine_failed']);

/** Translates what dockerode rejects with; `action` completes "could not …". */
export function toEngineError(error: unknown, action: string): AppError {
  if (error instanceof AppError) return error;
  const { statusCode, message, code, name } = describe(error);
  if (statusCode !== undefined) return fromHttp(statusCode, message, { action, cause: error });
  if (name === 'TimeoutError') {
    return AppError.retryable('swarm.timeout', `the engine did not answer in time: could not ${action}`, {
      cause: error,
      hint: 'Is a majority of the Swarm managers up? See: docker node ls',
      facts: { action },
    });
  }
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    return AppError.retryable('swarm.unreachable', `could not ${action}: no engine answers (${code})`, {
      cause: error,
      hint: 'Is Docker running, and may this process use its socket?',
      facts: { action, reason: code },
    });
  }
  return AppError.retryable('swarm.connection_lost', `could not ${action}: ${message}`, {
    cause: error,
    hint: 'The engine closed the connection; it may have been restarted.',
    facts: { action },
  });
}

/** True when the request may have taken effect: look before asking again. */
export function outcomeUnknown(error: unknown): boolean {
  return !(error instanceof AppError) || OUTCOME_UNKNOWN.has(error.code);
}

export function hasCode(error: unknown, code: string): error is AppError {
  return error instanceof AppError && error.code === code;
}

function fromHttp(
  status: number,
  says: string,
  { action, cause }: { action: string; cause: unknown },
): AppError {
  const rule = HTTP_RULES.find(
    (one) => one.status === status && (one.says === undefined || one.says.test(says)),
  );
  const text = `could not ${action}: ${says}`;
  const facts: ErrorFacts = { action, status };
  if (rule === undefined) {
    return AppError.retryable('swarm.engine_failed', text, {
      cause,
      facts,
      hint: "The engine's own log says more: journalctl -u docker",
    });
  }
  const options = { cause, facts, hint: rule.hint };
  return rule.retryable
    ? AppError.retryable(rule.code, text, options)
    : AppError.terminal(rule.code, text, options);
}

interface Description {
  readonly statusCode: number | undefined;
  readonly message: string;
  readonly code: string | undefined;
  readonly name: string | undefined;
}

function describe(error: unknown): Description {
  return {
    statusCode: numberIn(error, 'statusCode'),
    message: textIn(fieldOf(error, 'json'), 'message')?.trim() ?? textIn(error, 'message') ?? String(error),
    code: textIn(error, 'code'),
    // node wraps the reason of an abort: `AbortError { cause: TimeoutError }`
    name: textIn(fieldOf(error, 'cause'), 'name') ?? textIn(error, 'name'),
  };
}

function textIn(value: unknown, key: string): string | undefined {
  const field = fieldOf(value, key);
  return typeof field === 'string' ? field : undefined;
}

function numberIn(value: unknown, key: string): number | undefined {
  const field = fieldOf(value, key);
  return typeof field === 'number' ? field : undefined;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
