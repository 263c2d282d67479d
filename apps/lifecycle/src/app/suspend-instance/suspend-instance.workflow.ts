import { Injectable } from '@nestjs/common';
import { InstanceSuspended } from '@saasodoo/contracts';
import type { Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** A stop that its customer cannot undo. */
@Injectable()
export class SuspendInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('suspend', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.takenDown(em, operation, 'suspended', InstanceSuspended);
  }
}
