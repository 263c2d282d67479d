import { AppError } from '@saasodoo/kernel';
import type { Params } from 'nestjs-pino';
import {
  type Bindings,
  type ChildLoggerOptions,
  type Logger,
  type LoggerOptions,
  pino,
  stdSerializers,
} from 'pino';
import { parseTraceparent } from './traceparent';
import { redact, redactText } from './redact';
import { RequestContext } from './request-context';

export interface LoggingOptions {
  /** The app's name, on every line. */
  readonly name: string;
  /** pino's level, `info` when absent. */
  readonly level?: string;
  /** Where lines go; standard output when absent. */
  readonly destination?: { write(line: string): void };
}

/** JSON lines, one a record, with the correlation id of the request or message and without secrets. */
export function createLogger({ name, level = 'info', destination }: LoggingOptions): Logger {
  const options: LoggerOptions = {
    name,
    level,
    base: { name },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    mixin: contextFields,
    serializers: { err: describeError, error: describeError },
    formatters: { level: (label) => ({ level: label }), log: redactRecord },
    hooks: { logMethod: redactMessage },
  };
  return redactChildren(destination === undefined ? pino(options) : pino(options, destination));
}

/** What nestjs-pino needs to log through `logger`. Requests are logged by the bootstrap, with their route and context. */
export function loggingParams(logger: Logger): Params {
  return { pinoHttp: { logger, autoLogging: false }, forRoutes: [] };
}

function contextFields(): object {
  const scope = RequestContext.current();
  if (scope === undefined) return {};
  const { correlationId, actor, traceparent } = scope;
  const traceId = parseTraceparent(traceparent)?.traceId;
  return {
    correlationId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(actor === undefined ? {} : { actor }),
  };
}

function redactRecord(record: object): Record<string, unknown> {
  return redact(record) as Record<string, unknown>;
}

type MakeChild = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;

/** pino hands the bindings of child loggers to no formatter, so they are cleaned on their way in. Children inherit this. */
function redactChildren(logger: Logger): Logger {
  const { child } = Object.getPrototypeOf(logger) as { readonly child: MakeChild };
  const redactingChild: MakeChild = function (bindings, options) {
    return child.call(this, redactRecord(bindings), options);
  };
  return Object.assign(logger, { child: redactingChild });
}

function redactMessage(this: Logger, args: Parameters<Logger['info']>, method: Logger['info']): void {
  const clean = (args as unknown[]).map((arg) => (typeof arg === 'string' ? redactText(arg) : arg));
  method.apply(this, clean as Parameters<Logger['info']>);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return redact(error);
  const { type, message, stack } = stdSerializers.err(error);
  const described = { type, message: redactText(message), stack: redactText(stack) };
  if (!(error instanceof AppError)) return described;
  const { code, retryable, hint } = error;
  return { ...described, code, retryable, hint, facts: redact(error.facts) };
}
