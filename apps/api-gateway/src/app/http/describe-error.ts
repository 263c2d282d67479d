import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AppError, type ErrorFacts } from '@saasodoo/kernel';
import { databaseUnavailable, quotaExceeded } from '@saasodoo/persistence';
import { InvalidRequest } from './invalid-request';
import type { FieldError } from './problem';

/** What an error says to a client, before it is tied to a request. */
export interface ErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: readonly FieldError[];
  readonly facts?: ErrorFacts;
}

const INTERNAL: ErrorDescription = {
  status: 500,
  code: 'internal',
  detail: 'something went wrong on our side',
  hint: 'Try again; if it stays, tell us the correlation id.',
};

/** Codes for refusals that come from the framework before any of our code runs. */
const FRAMEWORK_CODES: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['request.malformed', 'the request cannot be read; is its body valid JSON?'],
  401: ['auth.required', 'log in first'],
  404: ['route.unknown', 'there is nothing at this address'],
  413: ['request.too_large', 'the body may have at most 1 MiB'],
  414: ['request.too_large', 'the address is too long'],
  415: ['request.media_type', 'the body must be JSON: Content-Type: application/json'],
  429: ['rate_limit.exceeded', 'too many attempts; wait as long as Retry-After says'],
  431: ['request.too_large', 'the headers are too large'],
};

/** Decides status, code and text; an error nobody meant for clients becomes a bare 500. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof InvalidRequest) {
    return { status: 422, code: 'request.invalid', detail: error.message, errors: error.errors };
  }
  if (error instanceof AppError) return describeAppError(error);
  if (error instanceof HttpException) return describeHttpException(error);
  const understood = databaseUnavailable(error) ?? quotaExceeded(error);
  return understood === undefined ? INTERNAL : describeAppError(understood);
}

function describeAppError(error: AppError): ErrorDescription {
  const { httpStatus: status, code, message: detail, hint, facts } = error;
  if (status >= 500 && status !== 503) return INTERNAL;
  return {
    status,
    code,
    detail,
    ...(hint === undefined ? {} : { hint }),
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
  };
}

function describeHttpException(error: HttpException): ErrorDescription {
  const status = error.getStatus();
  if (status >= 500) return INTERNAL;
  const [code, detail] = FRAMEWORK_CODES[status] ?? [
    `http.${status}`,
    (STATUS_CODES[status] ?? 'refused').toLowerCase(),
  ];
  return { status, code, detail };
}
