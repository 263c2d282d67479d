import { type Clock } from '@saasodoo/kernel';
import { type Labels } from '../labels';

export interface FailureOptions {
  /** The revision a create or an update answered with. */
  readonly revision: number;
  readonly signal?: AbortSignal | undefined;
  /** How long a task may wait for a node that fits or for an address; default 15,000. */
  readonly blockedGraceMs?: number | undefined;
  /** How often the container may fail before it is given up; default 3. */
  readonly maxFailures?: number | undefined;
  readonly clock?: Clock | undefined;
}

export interface ConvergeOptions extends FailureOptions {
  readonly withinMs: number;
  /** Called with a sentence whenever what is waited for changes: `pending: no suitable node (…)`. */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** Tasks that must run; default 1. */
  readonly replicas?: number | undefined;
  /**
   * How long the same tasks must have been seen running; default 0. Without a health check a container that ends at once
   * may be seen running for a moment: allow some 500 ms, or race a probe against `awaitFailure`.
   */
  readonly stableMs?: number | undefined;
}

export interface GoneOptions {
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Labels of the service: they narrow the look-up once the service itself is removed. */
  readonly labels?: Labels | undefined;
  readonly clock?: Clock | undefined;
}
