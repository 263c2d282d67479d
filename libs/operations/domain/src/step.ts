import type { JsonObject } from './json';
import type { Operation } from './operation';

/** What a step finds when it runs. */
export interface StepContext {
  /** As it was at the latest checkpoint. */
  readonly operation: Operation;
  /** Of the lease; whoever writes to a resource that can compare may refuse an older one. */
  readonly fence: number;
  /** Aborts when the lease is lost, when the operation is cancelled, at the step's time limit, and at shutdown. */
  readonly signal: AbortSignal;
  /** Outputs of the steps that are done, by step name. */
  readonly outputs: Readonly<Record<string, JsonObject>>;
  /** Says what the step is doing or waiting for; stored when it differs from the last text. */
  progress(text: string): Promise<void>;
}

/**
 * A durable part of an operation. Every method may be called again after a crash at any moment, by another process:
 * `run` looks before it acts and adopts what carries our label; `undo` succeeds when there is nothing to undo.
 */
export interface Step<C extends StepContext = StepContext> {
  readonly name: string;
  /** Its effect. The answer is kept for later steps; never put a secret into it. */
  run(context: C): Promise<JsonObject> | Promise<JsonObject | undefined> | Promise<void>;
  /** Whether the effect is there already; an object says so and is the output. */
  isDone?(context: C): Promise<boolean | JsonObject>;
  /** Removes the effect, whole or partial. Not every effect needs it. */
  undo?(context: C): Promise<void>;
  /** For `run` and for `undo`; the runner's default when absent. */
  readonly timeoutMs?: number;
}
