import { type Clock, systemClock } from '@saasodoo/kernel';
import type { FailurePolicy } from '@saasodoo/operations/domain';

/** How an operation runner works; every time is in milliseconds. */
export interface OperationRunnerOptions extends FailurePolicy {
  /** Operations carried out at the same time. */
  readonly concurrency: number;
  /** A worker that was not heard of for so long has lost its operations. */
  readonly leaseMs: number;
  /** How often due operations and requests to cancel are looked for without being told. */
  readonly pollMs: number;
  /** First and longest delay before a step is tried again. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Time limit of a step that has none of its own. */
  readonly stepTimeoutMs: number;
  /** How long a step that was told to stop may take until nobody waits for it any more. */
  readonly settleMs: number;
  /** How long `stop` lets running steps finish before it interrupts them. */
  readonly graceMs: number;
  readonly clock: Clock;
}

export const operationRunnerDefaults: OperationRunnerOptions = {
  concurrency: 8,
  leaseMs: 15_000,
  pollMs: 1_000,
  // With the back-off below about two minutes: longer than an engine or a database server takes to restart.
  maxStepAttempts: 8,
  operationTimeoutMs: 30 * 60_000,
  retryFirstMs: 1_000,
  retryMaxMs: 30_000,
  stepTimeoutMs: 5 * 60_000,
  settleMs: 5_000,
  graceMs: 10_000,
  clock: systemClock,
};
