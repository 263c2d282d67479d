import { Logger } from '@nestjs/common';
import { AppError, backoff, crashPoint, toErrorRecord } from '@saasodoo/kernel';
import {
  afterFailure,
  begun,
  CANCELLED,
  ended,
  type JsonObject,
  attemptsOf,
  type Move,
  nextMove,
  type Operation,
  persistentKinds,
  putBack,
  type Step,
  stepBegun,
  stepCompensated,
  type StepContext,
  stepDone,
  stepFailed,
  stepProgressed,
  stepUndoFailed,
  turnedBack,
  type Workflow,
} from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import type { Entry } from './operation-journal';
import type { OperationLease } from './operation-lease';
import type { OperationRecord } from './operation-record';
import type { OperationRunnerOptions } from './operation-runner-options';
import { attempt } from './step-attempt';
import { accomplish } from './step-result';

/** Why a worker is through with an operation; it still holds the claim of one that it hands over. */
export type Departure = 'ended' | 'put-back' | 'handed-over' | 'lost';

/** One claimed operation on its way, until it ends, is put back, is handed over, or its lease is lost. */
export class OperationExecution {
  private readonly logger = new Logger('Operations');
  private readonly cancellation = new AbortController();
  private readonly interruption = new AbortController();
  private draining = false;
  /** The step whose beginning was written together with the end of the one before. */
  private begunAhead: string | undefined;

  constructor(
    private readonly record: OperationRecord,
    private readonly workflow: Workflow<EntityManager>,
    private readonly lease: OperationLease,
    private readonly options: OperationRunnerOptions,
  ) {}

  /** Never rejects: what cannot be stored is left to whoever claims the operation after the lease has run out. */
  async run(): Promise<Departure> {
    crashPoint(`${this.record.operation.kind}.claimed`);
    for (;;) {
      if (this.draining) return 'handed-over';
      const move = nextMove(this.record.operation, (name) => this.findStep(name)?.undo !== undefined);
      if (move === undefined) return 'ended';
      const departure = await this.perform(move);
      if (departure !== undefined) return departure;
    }
  }

  /** Called off by the customer: the running step is told to stop, then everything is undone. */
  cancel(at: Date): void {
    this.record.cancel(at);
    this.cancellation.abort(AppError.terminal(CANCELLED, 'the operation was cancelled'));
  }

  /** Hand over after the running step. */
  drain(): void {
    this.draining = true;
  }

  /** Hand over now. */
  interrupt(): void {
    this.draining = true;
    this.interruption.abort(AppError.retryable('operation.interrupted', 'the worker shuts down'));
  }

  private async perform(move: Move): Promise<Departure | undefined> {
    try {
      await this.carryOut(move);
      return undefined;
    } catch (error) {
      if (this.lease.isLost) return 'lost';
      if (this.interruption.signal.aborted && error === this.interruption.signal.reason) return 'handed-over';
      return this.recordFailure(error, 'step' in move ? move.step : undefined);
    }
  }

  private async carryOut(move: Move): Promise<void> {
    switch (move.move) {
      case 'begin':
        return this.record.write((operation) => ({
          operation: begun(operation, this.now()),
          alongside: async (em) => this.workflow.begin?.(em, operation),
        }));
      case 'run':
        return this.runStep(this.stepNamed(move.step));
      case 'turn-back':
        return this.record.write((operation) => ({ operation: turnedBack(operation, move.error) }));
      case 'undo':
        return this.undoStep(this.stepNamed(move.step));
      case 'finish':
        return this.finish(move.status);
    }
  }

  private async runStep(step: Step): Promise<void> {
    const { name } = step;
    if (this.begunAhead !== name) await this.record.write((operation) => this.withBegun({ operation }, name));
    this.begunAhead = undefined;
    this.crashPoint(name, 'before');
    const attempts = attemptsOf(this.record.operation, name);
    const result = await this.attempt(step, [this.cancellation.signal], (context) =>
      accomplish(step, context, attempts),
    );
    this.crashPoint(name, 'effect');
    await this.record.write((operation) => {
      const done = { operation: stepDone(operation, name, result, this.now()), steps: [name] };
      // The end of a step and the beginning of the next are one write.
      const next = nextMove(done.operation, () => false);
      if (next?.move !== 'run' || this.draining || this.isExhausted(next.step)) return done;
      this.begunAhead = next.step;
      return this.withBegun(done, next.step);
    });
    this.crashPoint(name, 'checkpointed');
  }

  private withBegun({ operation, steps = [] }: Entry, name: string): Entry {
    if (this.isExhausted(name)) throw exhausted(name);
    return { operation: stepBegun(operation, name, this.now()), steps: [...steps, name] };
  }

  private isExhausted(step: string): boolean {
    const { operation } = this.record;
    if (persistentKinds.includes(operation.kind)) return false;
    return attemptsOf(operation, step) >= this.options.maxStepAttempts;
  }

  private async undoStep(step: Step): Promise<void> {
    const { name } = step;
    this.crashPoint(name, 'undo-before');
    await this.attempt(step, [], async (context) => step.undo?.(context));
    this.crashPoint(name, 'undo-effect');
    await this.record.write((operation) => ({
      operation: stepCompensated(operation, name, this.now()),
      steps: [name],
    }));
    this.crashPoint(name, 'undo-checkpointed');
  }

  private async finish(status: 'succeeded' | 'failed' | 'cancelled'): Promise<void> {
    const { kind } = this.record.operation;
    crashPoint(`${kind}.finishing`);
    await this.record.write((operation) => ({
      operation: ended(operation, status, this.now()),
      alongside: async (em) => {
        if (status === 'succeeded') await this.workflow.succeed?.(em, operation);
        else
          await this.workflow.fail?.(em, operation, operation.error ?? toErrorRecord('the operation failed'));
      },
    }));
    crashPoint(`${kind}.finished`);
  }

  private async attempt<T>(
    step: Step,
    signals: readonly AbortSignal[],
    work: (context: StepContext) => Promise<T>,
  ): Promise<T> {
    return attempt(async (signal) => work(await this.workflow.contextFor(this.contextOf(step, signal))), {
      signals: [this.lease.signal, this.interruption.signal, ...signals],
      timeoutMs: step.timeoutMs ?? this.options.stepTimeoutMs,
      settleMs: this.options.settleMs,
      clock: this.options.clock,
    });
  }

  private contextOf({ name }: Step, signal: AbortSignal): StepContext {
    const outputs = this.record.operation.steps.flatMap((step): [string, JsonObject][] =>
      step.output === undefined ? [] : [[step.name, step.output]],
    );
    return {
      operation: this.record.operation,
      fence: this.lease.claim.fence,
      signal,
      outputs: Object.fromEntries(outputs),
      progress: (text) => this.tellProgress(name, text, signal),
    };
  }

  /** Never rejects: a text that cannot be stored is no reason to fail, and a lost lease reaches the step by its signal. */
  private async tellProgress(name: string, text: string, signal: AbortSignal): Promise<void> {
    try {
      await this.record.write((operation) => {
        const step = operation.steps.find((candidate) => candidate.name === name);
        // Said too late, or nothing new.
        if (signal.aborted || step?.status !== 'running' || step.progress === text) return undefined;
        return { operation: stepProgressed(operation, name, text), steps: [name] };
      });
    } catch (error) {
      this.logger.warn(`what ${name} is doing was not stored: ${String(error)}`);
    }
  }

  private async recordFailure(error: unknown, step: string | undefined): Promise<Departure | undefined> {
    const failure = { error, now: this.now(), ...(step === undefined ? {} : { step }) };
    const decision = afterFailure(this.record.operation, failure, this.options);
    const { id, kind } = this.record.operation;
    const what = `${kind} ${id}${step === undefined ? '' : `, ${step}`}`;
    this.logger.warn(`${what}: ${toErrorRecord(error).message} (${decision})`, stackOf(error));
    try {
      await this.record.write((operation) => {
        const failed = withFailure(operation, step, error, failure.now);
        const entry = step === undefined ? {} : { steps: [step] };
        return decision === 'turn-back'
          ? { ...entry, operation: turnedBack(failed, toErrorRecord(error)) }
          : { ...entry, operation: putBack(failed), retryInMs: this.retryDelay(failed, step) };
      });
      return decision === 'retry' ? 'put-back' : undefined;
    } catch (storeError) {
      this.logger.error(
        `${what}: the failure cannot be stored; the operation goes on when its lease has run out`,
        stackOf(storeError),
      );
      return 'lost';
    }
  }

  private retryDelay(operation: Operation, step: string | undefined): number {
    return backoff(attemptsOf(operation, step), this.options.retryFirstMs, this.options.retryMaxMs);
  }

  private findStep(name: string): Step | undefined {
    return this.workflow.steps.find((step) => step.name === name);
  }

  private stepNamed(name: string): Step {
    const step = this.findStep(name);
    if (step === undefined)
      throw AppError.terminal('workflow.step_unknown', `${this.workflow.kind} has no step ${name}`);
    return step;
  }

  private crashPoint(step: string, point: string): void {
    crashPoint(`${this.record.operation.kind}.${step}.${point}`);
  }

  private now(): Date {
    return this.options.clock.now();
  }
}

function withFailure(operation: Operation, step: string | undefined, error: unknown, now: Date): Operation {
  if (step === undefined) return operation;
  return operation.status === 'compensating'
    ? stepUndoFailed(operation, step, toErrorRecord(error))
    : stepFailed(operation, step, toErrorRecord(error), now);
}

function exhausted(step: string): AppError {
  return AppError.terminal('operation.step_exhausted', `the step ${step} was interrupted too often`, {
    hint: 'Look into the logs of the workers that ran it: they ended in the middle of it.',
    facts: { step },
  });
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
