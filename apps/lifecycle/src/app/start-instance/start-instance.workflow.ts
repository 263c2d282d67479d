import { Injectable } from '@nestjs/common';
import { InstanceStarted } from '@saasodoo/contracts';
import type { Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** From a stopped instance to an Odoo that answers; a service that is missing is made anew. */
@Injectable()
export class StartInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('start', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.deployed(em, operation, InstanceStarted);
  }
}
