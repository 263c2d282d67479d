import { Logger } from '@nestjs/common';
import type { Outbox } from '@saasodoo/messaging';
import type { OperationKind, Workflow } from '@saasodoo/operations/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { assertWorkflows } from './assert-workflows';
import { OperationClaims } from './operation-claims';
import { OperationExecution } from './operation-execution';
import { OperationJournal } from './operation-journal';
import { OperationLease } from './operation-lease';
import { OperationRecord } from './operation-record';
import { operationRunnerDefaults, type OperationRunnerOptions } from './operation-runner-options';

export interface OperationRunnerParts {
  readonly dataSource: DataSource;
  readonly outbox: Pick<Outbox, 'append' | 'wake'>;
  /** One for each kind that this process carries out. */
  readonly workflows: readonly Workflow<EntityManager>[];
  /** Shown on the operations this process holds, such as host name and process id. */
  readonly owner: string;
}

interface Held {
  readonly operationId: string;
  readonly execution: OperationExecution;
  readonly over: Promise<void>;
}

/** Carries out operations: claims what is due, several at a time, one per instance. One runner a process. */
export class OperationRunner {
  private readonly logger = new Logger('Operations');
  private readonly options: OperationRunnerOptions;
  private readonly workflows: ReadonlyMap<OperationKind, Workflow<EntityManager>>;
  private readonly claims: OperationClaims;
  private readonly journal: OperationJournal;
  private readonly held = new Set<Held>();
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private looking: Promise<void> = Promise.resolve();

  /** Throws `workflow.duplicate` or `workflow.steps_mismatch`. */
  constructor(
    { dataSource, outbox, workflows, owner }: OperationRunnerParts,
    options: Partial<OperationRunnerOptions> = {},
  ) {
    assertWorkflows(workflows);
    this.options = { ...operationRunnerDefaults, ...options };
    this.workflows = new Map(workflows.map((workflow) => [workflow.kind, workflow]));
    this.claims = new OperationClaims(dataSource, owner, this.options.leaseMs);
    this.journal = new OperationJournal(dataSource, this.claims, outbox);
  }

  start(): void {
    this.looking = this.lookUntilStopped();
  }

  /** Look now: something was opened or called off. Cheap, may be called as often as one likes. */
  poke(): void {
    this.wakeUp.abort();
  }

  /** Claims nothing more, lets running steps finish for a while, then interrupts them; hands all operations over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.poke();
    await this.looking;
    const held = [...this.held];
    held.forEach(({ execution }) => execution.drain());
    const over = Promise.all(held.map((one) => one.over));
    const grace = new AbortController();
    await Promise.race([over, this.pause(this.options.graceMs, grace.signal)]);
    grace.abort();
    held.forEach(({ execution }) => execution.interrupt());
    await over;
  }

  private async lookUntilStopped(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wakeUp = new AbortController();
      try {
        await this.tellCancelled();
        await this.takeWhatIsDue();
      } catch (error) {
        this.logger.warn(`due operations cannot be read: ${String(error)}`);
      }
      await this.pause(this.options.pollMs, this.wakeUp.signal);
    }
  }

  private async tellCancelled(): Promise<void> {
    const held = [...this.held];
    const cancelled = await this.claims.cancelled(held.map(({ operationId }) => operationId));
    for (const { operationId, at } of cancelled) {
      held.filter((one) => one.operationId === operationId).forEach(({ execution }) => execution.cancel(at));
    }
  }

  private async takeWhatIsDue(): Promise<void> {
    while (this.held.size < this.options.concurrency && !this.stopping.signal.aborted) {
      const taken = await this.journal.take([...this.workflows.keys()]);
      if (taken === undefined) return;
      const { claim, operation } = taken;
      const workflow = this.workflows.get(operation.kind);
      if (workflow === undefined) continue;
      const lease = new OperationLease(claim, this.claims, this.options.leaseMs, this.options.clock);
      const record = new OperationRecord(operation, lease, this.journal);
      this.hold(new OperationExecution(record, workflow, lease, this.options), lease);
    }
  }

  private hold(execution: OperationExecution, lease: OperationLease): void {
    const over = this.carryOut(execution, lease).then(() => {
      this.held.delete(held);
      // A slot is free, and the next operation of the instance may go on.
      this.poke();
    });
    const held: Held = { operationId: lease.claim.operationId, execution, over };
    this.held.add(held);
  }

  /** Never rejects. */
  private async carryOut(execution: OperationExecution, lease: OperationLease): Promise<void> {
    const { operationId } = lease.claim;
    const departure = await execution.run();
    lease.close();
    if (departure === 'lost') this.logger.warn(`the lease of operation ${operationId} was lost`);
    if (departure !== 'handed-over') return;
    await this.claims.release(lease.claim).catch((error: unknown) => {
      this.logger.warn(
        `operation ${operationId} could not be handed over, its lease runs out: ${String(error)}`,
      );
    });
  }

  private async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.options.clock.sleep(milliseconds, signal).catch(() => undefined); // woken up
  }
}
