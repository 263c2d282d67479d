import { Injectable } from '@nestjs/common';
import { InstanceHalted } from '@saasodoo/contracts';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { JsonValue, Operation } from '@saasodoo/operations/domain';
import { TenantContexts } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { InstanceChanges } from '../changes/instance-changes';
import { InstanceWorkflow } from '../changes/instance-workflow';
import { LifecycleSteps } from '../steps/lifecycle-steps';

/** Gives up on an instance that cannot run: it is taken down, and shows why. */
@Injectable()
export class HaltInstanceWorkflow extends InstanceWorkflow {
  constructor(steps: LifecycleSteps, contexts: TenantContexts, changes: InstanceChanges) {
    super('halt', steps, contexts, changes);
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.givenUp(em, operation, errorOf(operation), InstanceHalted);
  }
}

/** Whoever opened the operation said why. */
function errorOf({ input }: Operation): ErrorRecord {
  const { code, message, hint } = input;
  return {
    code: textOr(code, 'instance.halted'),
    message: textOr(message, 'the platform has given up on the instance'),
    hint: textOr(hint, 'Look into its logs, mend the cause, and start it.'),
  };
}

function textOr(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
