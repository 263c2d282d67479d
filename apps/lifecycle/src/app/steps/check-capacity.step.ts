import { Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { reservationsFor } from '@saasodoo/odoo';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import {
  isMeantToRun,
  tenantConstraints,
  type TenantContext,
  TenantsConfig,
  TenantServices,
} from '@saasodoo/tenants';

/**
 * Swarm stops the old task before it looks for room for the new one, so a change that fits no node would take a running
 * instance down: whether it fits is asked first.
 */
@Injectable()
export class CheckCapacityStep implements Step<TenantContext> {
  readonly name = 'check-capacity';

  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
    private readonly config: TenantsConfig,
  ) {}

  async isDone({ instance }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance);
  }

  async run(context: TenantContext): Promise<void> {
    const { cpuLimit: cpus, memoryBytes } = context.instance;
    const nodes = await this.swarm.nodes.list();
    const most = Math.max(0, ...nodes.map((node) => node.cpus));
    if (cpus > most) throw moreThanANodeHas(cpus, most);
    const service = await this.services.find(context);
    const placement = await this.swarm.nodes.fits(
      reservationsFor({ cpus, memoryBytes }),
      tenantConstraints(this.config),
      {
        ...(service === undefined ? {} : { inPlaceOf: service.id }),
      },
    );
    if (!placement.fits) throw noRoom(placement.reason);
  }
}

function moreThanANodeHas(cpus: number, most: number): AppError {
  return AppError.terminal('swarm.cpu_range', `${cpus} CPUs are more than any node has: at most ${most}`, {
    hint: `Ask for at most ${most} CPUs, or add a larger node.`,
    facts: { cpus, most },
  });
}

function noRoom(reason: string): AppError {
  return AppError.terminal('swarm.no_suitable_node', `there is no room for it: ${reason}`, {
    hint: 'Ask for less, add a node, or stop another instance. The instance runs on as it was.',
  });
}
