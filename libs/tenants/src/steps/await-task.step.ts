import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { TenantsConfig } from '../tenants-config';
import type { TenantContext } from '../context/tenant-context';
import { deployedService, findDeployedService } from '../context/deployed-service';
import { isMeantToRun } from '../context/is-meant-to-run';

/** Pulling a large image on a slow line is the longest that a task may take to start. */
const RUNNING_WITHIN_MS = 240_000;

/** Waits for the task, judged by what runs; a task that cannot start ends the creation with Docker's own reason. */
@Injectable()
export class AwaitTaskStep implements Step<TenantContext> {
  readonly name = 'await-task';

  constructor(
    private readonly swarm: Swarm,
    private readonly config: TenantsConfig,
  ) {}

  async isDone({ instance, outputs }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance) || findDeployedService(outputs) === undefined;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { serviceId, revision } = deployedService(context.outputs);
    const task = await this.swarm.convergence.awaitConverged(serviceId, {
      revision,
      withinMs: RUNNING_WITHIN_MS,
      blockedGraceMs: this.config.TENANT_PLACEMENT_GRACE_MS,
      signal: context.signal,
      onProgress: (text) => void context.progress(text),
    });
    return { task_id: task.id, node_id: task.nodeId ?? null };
  }
}
