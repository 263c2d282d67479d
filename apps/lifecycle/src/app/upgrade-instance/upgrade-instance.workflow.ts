import { Injectable } from '@nestjs/common';
import { InstanceUpgraded, InstanceUpgradeFailed } from '@saasodoo/contracts';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { outputsOf, type TenantContext, TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { BackupChanges } from '../backup-instance/backup-changes';
import { madeBackupId } from '../backups/instance-data';
import { metaOf, payloadOf } from '../backups/operation-message';
import { MaintenanceChanges } from '../changes/maintenance-changes';
import { DiscardRequests } from '../discard-replaced/discard-requests';
import { LifecycleSteps } from '../steps/lifecycle-steps';
import { checkedUpgrade } from './checked-upgrade';

/**
 * Another image of Odoo, and data that fits it. The instance is taken down and backed up; a copy of its data is upgraded,
 * takes the place of what was there, and is served by the new image. Whatever fails, image and data are as they were.
 */
@Injectable()
export class UpgradeInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'upgrade';
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
    const { from, to, modules } = checkedUpgrade(outputsOf(operation));
    const payload = {
      ...{ ...payloadOf(operation), backup_id: madeBackupId(operation), modules: [...modules] },
      ...{ from_version: from.odooVersion, to_version: to.odooVersion },
      ...{ from_image: from.odooImage.image, to_image: to.odooImage.image },
    };
    await this.outbox.append(em, InstanceUpgraded, payload, metaOf(operation));
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.changes.failed(em, operation);
    await this.backups.failed(em, operation, error);
    const payload = { ...payloadOf(operation), error_code: error.code };
    await this.outbox.append(em, InstanceUpgradeFailed, payload, metaOf(operation));
  }
}
