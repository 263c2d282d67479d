import { Injectable } from '@nestjs/common';
import { InstanceRestored } from '@saasodoo/contracts';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { BackupChanges } from '../backup-instance/backup-changes';
import { inputText } from '../backups/instance-data';
import { metaOf, payloadOf } from '../backups/operation-message';
import { MaintenanceChanges } from '../changes/maintenance-changes';
import { DiscardRequests } from '../discard-replaced/discard-requests';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/**
 * The data of a backup in the place of what the instance has. It is made ready beside that first, then the instance is
 * taken down, backed up once more, and brought up on it; whatever fails, the instance is as it was.
 */
@Injectable()
export class RestoreInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'restore';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly changes: MaintenanceChanges,
    private readonly discards: DiscardRequests,
    private readonly backups: BackupChanges,
    private readonly outbox: Outbox,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  async begin(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.begin(em, operation);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.succeeded(em, operation);
    await this.discards.open(em, operation);
    const payload = { ...payloadOf(operation), backup_id: inputText(operation, 'backup_id') };
    await this.outbox.append(em, InstanceRestored, payload, metaOf(operation));
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.changes.failed(em, operation);
    await this.backups.failed(em, operation, error);
  }
}
