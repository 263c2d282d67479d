import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { JsonObject, OperationKind, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import {
  deploymentOutput,
  isMeantToRun,
  outputOf,
  type TenantContext,
  TenantSecrets,
  TenantServices,
} from '@saasodoo/tenants';
import { instanceBefore } from '../changes/previous-shape';

/** These replace a task that is as it should be. */
const RENEWING: readonly OperationKind[] = ['restart', 'redeploy'];

const RUNNING_WITHIN_MS = 120_000;

/** The service with one replica of what the instance is meant to be; a missing one is made. */
@Injectable()
export class DeployServiceStep implements Step<TenantContext> {
  readonly name = 'deploy-service';

  constructor(
    private readonly swarm: Swarm,
    private readonly secrets: TenantSecrets,
    private readonly services: TenantServices,
    private readonly instances: InstanceRepository,
  ) {}

  /**
   * What is changed on an instance that is not meant to run applies at its next start. One that was woken only since
   * this operation began is brought up by what woke it.
   */
  async isDone({ instance, outputs }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance) || outputs['ensure-secret'] === undefined;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const config = {
      secretId: outputOf(context.outputs, 'ensure-secret', 'secret_id'),
      secretName: outputOf(context.outputs, 'ensure-secret', 'secret_name'),
    };
    const renew = RENEWING.includes(context.operation.kind);
    const deployment = await this.services.deploy(context, { config, renew });
    await this.secrets.removeOthers(context, config.secretId);
    return { ...deploymentOutput(deployment), renewed: deployment.renewed, dropped: deployment.dropped };
  }

  /**
   * A change that cannot be had is taken back: the instance runs on as it did before. What brings an instance up has no
   * earlier state to go back to, and what a newer wish took the place of is left to that.
   */
  async undo(context: TenantContext): Promise<void> {
    const before = instanceBefore(context.operation, context.instance);
    if (before === undefined || !isMeantToRun(context.instance)) return;
    const earlier = { ...context, progress: (text: string) => context.progress(text), instance: before };
    const { id: secretId, name: secretName } = await this.secrets.ensure(earlier);
    const { serviceId, revision, fingerprint } = await this.services.restore(earlier, {
      secretId,
      secretName,
    });
    await this.instances.recordFingerprint(before.id, fingerprint);
    await this.secrets.removeOthers(earlier, secretId);
    await this.swarm.convergence.awaitConverged(serviceId, {
      ...{ revision, withinMs: RUNNING_WITHIN_MS, signal: context.signal },
      onProgress: (text) => void context.progress(text),
    });
  }
}
