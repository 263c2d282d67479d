import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { inputText } from '../backups/instance-data';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** A backup nobody is offered any more goes from where it is kept. */
@Injectable()
export class DeleteBackupWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'delete-backup';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly backups: BackupRepository,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.backups.recordDeleted(em, inputText(operation, 'backup_id'));
  }
}
