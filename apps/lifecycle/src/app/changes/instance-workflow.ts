import type { ErrorRecord } from '@saasodoo/kernel';
import type { Operation, OperationKind, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, type TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { type LifecycleSteps } from '../steps/lifecycle-steps';
import type { InstanceChanges } from './instance-changes';

/** What the workflows of this app share: they differ in their steps and in what is true when these are done. */
export abstract class InstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    readonly kind: OperationKind,
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    protected readonly changes: InstanceChanges,
  ) {
    this.steps = steps.of(kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  begin(em: EntityManager, operation: Operation): Promise<void> {
    return this.changes.begin(em, operation);
  }

  abstract succeed(em: EntityManager, operation: Operation): Promise<void>;

  fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    return this.changes.failed(em, operation, error);
  }
}
