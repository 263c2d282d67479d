import { Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { inputText } from '../backups/instance-data';
import { RestoreNewInstanceWorkflow } from '../restore-new-instance/restore-new-instance.workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** A new instance that begins with what a customer sent: begun and ended as one that begins with a backup. */
@Injectable()
export class ImportInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'import';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly copies: RestoreNewInstanceWorkflow,
    private readonly imports: ImportRepository,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async begin(em: EntityManager, operation: Operation): Promise<void> {
    await this.copies.begin(em, operation);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.copies.succeed(em, operation);
    await this.imports.end(inputText(operation, 'import_id'), 'imported', em);
  }

  /** What was sent is still there: it can be tried under another name, or deleted. */
  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.copies.fail(em, operation, error);
    await this.imports.end(inputText(operation, 'import_id'), 'received', em);
  }
}
