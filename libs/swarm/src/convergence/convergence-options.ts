import { type Clock } from '@saasodoo/kernel';
import { type Labels } from '../labels';

export interface ConvergeOptions {
  readonly revision: number;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
  /** Called with a sentence when what is waited for changes: `pending: no suitable node (…)`. */
  readonly onProgress?: (text: string) => void;
  /** Tasks that must run; default 1. */
  readonly replicas?: number;
  /** How long they must have been seen running; default 0. Only worth it without a health check. */
  readonly stableMs?: number;
  /** How long a task may wait for a node or for an address; default 15,000. */
  readonly blockedGraceMs?: number;
  /** Ends of the container that are taken before it is given up; default 3. */
  readonly maxFailures?: number;
  readonly clock?: Clock;
}

export interface GoneOptions {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
  /** Labels of the service: makes the look-up cheap after the service itself is removed. */
  readonly labels?: Labels;
  readonly clock?: Clock;
}
