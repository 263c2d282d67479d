import type { ErrorRecord } from '@saasodoo/kernel';
import type { Operation } from './operation';
import type { OperationKind } from './operation-kind';
import type { Step, StepContext } from './step';

/**
 * The ordered steps of one kind of operation. The hooks run in the transaction `Tx` that changes the operation itself:
 * there the workflow moves the instance and appends its events.
 */
export interface Workflow<Tx = unknown, C extends StepContext = StepContext> {
  readonly kind: OperationKind;
  /** Their names are `stepListOf(kind)`. */
  readonly steps: readonly Step<C>[];
  /** Makes what the steps work with; called before each step, so that it is fresh. */
  contextFor(context: StepContext): Promise<C>;
  /** With the first claim; not again when the operation is resumed. */
  begin?(tx: Tx, operation: Operation): Promise<void>;
  /** When every step is done. */
  succeed?(tx: Tx, operation: Operation): Promise<void>;
  /** When everything is undone: failed, or cancelled (`error.code` is then `operation.cancelled`). */
  fail?(tx: Tx, operation: Operation, error: ErrorRecord): Promise<void>;
}
