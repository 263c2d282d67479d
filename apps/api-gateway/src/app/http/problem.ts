import type { ErrorFacts } from '@saasodoo/kernel';

/** One field of a request that is not acceptable. */
export interface FieldError {
  /** Name as the client wrote it; `body` for the whole. */
  readonly field: string;
  /** Stable: `field.required`, `database_name.reserved`. */
  readonly code: string;
  readonly detail: string;
}

/** RFC 9457, with a stable `code`, a `hint` that says what to do, and the fields that are wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly errors?: readonly FieldError[];
  readonly facts?: ErrorFacts;
  /** The path that was asked for. */
  readonly instance: string;
  readonly correlation_id: string;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
