import { Injectable } from '@nestjs/common';
import { InstanceRestarted } from '@saasodoo/contracts';
import type { Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** A new task in the place of the old one, which ends first. */
@Injectable()
export class RestartInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('restart', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.deployed(em, operation, InstanceRestarted);
  }
}
