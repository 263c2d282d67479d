import { Injectable } from '@nestjs/common';
import { InstanceRedeployed } from '@saasodoo/contracts';
import type { Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** The service as PostgreSQL says it should be, whatever became of it; the instance's files must be there. */
@Injectable()
export class RedeployInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('redeploy', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.deployed(em, operation, InstanceRedeployed);
  }
}
