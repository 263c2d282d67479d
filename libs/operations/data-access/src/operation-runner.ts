import type { Clock } from '@saasodoo/kernel';
import type { Outbox } from '@saasodoo/messaging';
import type { Workflow } from '@saasodoo/operations/domain';
import type { DataSource, EntityManager } from 'typeorm';

/** How an operation runner works; the defaults are for production. */
export interface OperationRunnerOptions {
  /** Operations carried out at the same time. Default 8. */
  readonly concurrency?: number;
  /** A worker that was not heard of for so long has lost its operations. Default 15 000. */
  readonly leaseMs?: number;
  /** How often due operations are looked for without being told. Default 1 000. */
  readonly pollMs?: number;
  /** Times a step is tried before everything is undone. Default 5. */
  readonly maxStepAttempts?: number;
  /** First and longest delay before a step is tried again. Default 1 000 and 60 000. */
  readonly retryFirstMs?: number;
  readonly retryMaxMs?: number;
  /** Time limit of a step that has none of its own. Default 5 minutes. */
  readonly stepTimeoutMs?: number;
  /** After so long a failing operation is no longer tried again. Default 30 minutes. */
  readonly operationTimeoutMs?: number;
  /** How long `stop` lets running steps finish before it interrupts them. Default 10 000. */
  readonly graceMs?: number;
  readonly clock?: Clock;
}

export interface OperationRunnerParts {
  readonly dataSource: DataSource;
  readonly outbox: Pick<Outbox, 'append' | 'wake'>;
  readonly workflows: readonly Workflow<EntityManager>[];
  /** Shown on the operations this process holds, such as host name and process id. */
  readonly owner: string;
}
