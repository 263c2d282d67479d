import { Injectable } from '@nestjs/common';
import { InstanceScaled } from '@saasodoo/contracts';
import type { Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** Another CPU and memory limit, which fits a node before the running task is touched. */
@Injectable()
export class ScaleInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('scale', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.deployed(em, operation, InstanceScaled);
  }
}
