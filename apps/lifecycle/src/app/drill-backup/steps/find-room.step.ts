import { Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { reservationsFor } from '@saasodoo/odoo';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { tenantConstraints, type TenantContext, TenantsConfig } from '@saasodoo/tenants';

/** Before anything is fetched: a drill takes as much room as its instance, and waits for a better time when there is none. */
@Injectable()
export class FindRoomStep implements Step<TenantContext> {
  readonly name = 'find-room';

  constructor(
    private readonly swarm: Swarm,
    private readonly config: TenantsConfig,
  ) {}

  async run({ instance }: TenantContext): Promise<void> {
    const wanted = reservationsFor({ cpus: instance.cpuLimit, memoryBytes: instance.memoryBytes });
    const placement = await this.swarm.nodes.fits(wanted, tenantConstraints(this.config));
    if (!placement.fits) throw noRoom(placement.reason);
  }
}

function noRoom(reason: string): AppError {
  return AppError.terminal('swarm.no_suitable_node', `there is no room for a drill: ${reason}`, {
    hint: 'The drills of the schedule are tried again by themselves. Add a node, or stop another instance.',
  });
}
