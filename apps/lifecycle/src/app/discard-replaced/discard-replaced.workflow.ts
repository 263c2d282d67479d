import { Injectable } from '@nestjs/common';
import type { Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** Follows a restoration; opened by it and by nobody else. */
@Injectable()
export class DiscardReplacedWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'discard';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }
}
