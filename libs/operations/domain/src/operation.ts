import type { ErrorRecord } from '@saasodoo/kernel';
import type { JsonObject } from './json';
import type { OperationKind } from './operation-kind';

export const operationStatuses = [
  'queued',
  'running',
  'compensating',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** `skipped`: what it would do was so already. */
export const stepStatuses = ['pending', 'running', 'done', 'skipped', 'failed', 'compensated'] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** A durable, checkpointed part of an operation. */
export interface OperationStep {
  readonly name: string;
  readonly status: StepStatus;
  /** How often it was begun, undoing included. */
  readonly attempts: number;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** Its latest error; kept while it is tried again. */
  readonly error?: ErrorRecord;
  /** What it is doing or waiting for, in words. */
  readonly progress?: string;
  readonly output?: JsonObject;
}

/** A requested change of an instance. */
export interface Operation {
  readonly id: string;
  readonly instanceId: string;
  readonly customerId: string;
  readonly kind: OperationKind;
  /** The instance's generation it brings about. */
  readonly generation: number;
  readonly status: OperationStatus;
  /** 1, and one more for each time it was put back to be tried again. */
  readonly attempt: number;
  readonly steps: readonly OperationStep[];
  readonly input: JsonObject;
  /** Why it is undone, failed or was cancelled. */
  readonly error?: ErrorRecord;
  readonly correlationId: string;
  readonly traceparent?: string;
  readonly cancelRequestedAt?: Date;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** Grows with every change, so that a reader knows which of two answers is newer. */
  readonly sequence: number;
}

const TERMINAL: readonly OperationStatus[] = ['succeeded', 'failed', 'cancelled'];

/** Whether nothing will change any more. */
export function isTerminal({ status }: Pick<Operation, 'status'>): boolean {
  return TERMINAL.includes(status);
}
