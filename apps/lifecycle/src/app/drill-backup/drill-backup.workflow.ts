import { Injectable } from '@nestjs/common';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { LifecycleSteps } from '../steps/lifecycle-steps';
import { DrillChanges } from './drill-changes';

/** A backup restored beside its instance, asked whether an Odoo answers on it, and removed again; the instance goes on. */
@Injectable()
export class DrillBackupWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'drill';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly changes: DrillChanges,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.ended(em, operation);
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.changes.ended(em, operation, error);
  }
}
