import { Injectable } from '@nestjs/common';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { LifecycleSteps } from '../steps/lifecycle-steps';
import { BackupChanges } from './backup-changes';

/** Database and files of one moment, while the instance goes on; the instance itself does not change. */
@Injectable()
export class BackupInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'backup';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly changes: BackupChanges,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.completed(em, operation);
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.changes.failed(em, operation, error);
  }
}
