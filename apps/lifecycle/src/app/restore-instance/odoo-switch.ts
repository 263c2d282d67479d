import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { INSTANCE_ID_LABEL, Swarm, type SwarmService } from '@saasodoo/swarm';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { awaitNoTask, type TenantContext, TenantSecrets, TenantServices } from '@saasodoo/tenants';

/** Long enough for a task that can run; what cannot run is not waited for. */
const RUNNING_WITHIN_MS = 30_000;

/** Takes the Odoo of an instance away and brings it back. */
@Injectable()
export class OdooSwitch {
  private readonly logger = new Logger(OdooSwitch.name);

  constructor(
    private readonly swarm: Swarm,
    private readonly services: TenantServices,
    private readonly secrets: TenantSecrets,
    private readonly instances: InstanceRepository,
  ) {}

  /** Returns when the last process has ended; answers the service, when there is one. */
  async off(context: TenantContext): Promise<string | undefined> {
    const service = await this.services.find(context);
    if (service !== undefined) await this.swarm.services.scale(service.id, 0);
    await awaitNoTask(this.swarm, { [INSTANCE_ID_LABEL]: context.instance.id }, context.signal);
    return service?.id;
  }

  /**
   * Returns when its task runs. One that cannot run is no reason to leave a restoration half undone: its data is back, it
   * is wanted again, and the monitor and the reconciler see to the rest, as they do when a service is gone.
   */
  async on(context: TenantContext): Promise<void> {
    const service = await this.services.find(context);
    if (service === undefined) return;
    const revision = await this.broughtBack(context, service);
    try {
      await this.swarm.convergence.awaitConverged(service.id, {
        ...{ revision, withinMs: RUNNING_WITHIN_MS, signal: context.signal },
        onProgress: (text) => void context.progress(text),
      });
    } catch (error) {
      if (context.signal.aborted || !cannotRun(error)) throw error;
      this.logger.warn(
        `instance ${context.instance.id} has its data back and does not come up: ${String(error)}`,
      );
    }
  }

  /** The service as it is, unless it has another image than the instance by now: then as it was deployed with that. */
  private async broughtBack(context: TenantContext, service: SwarmService): Promise<number> {
    if (service.image === context.image().reference && !this.services.isRestored(context, service)) {
      return (await this.swarm.services.scale(service.id, 1)).revision;
    }
    const { id: secretId, name: secretName } = await this.secrets.ensure(context);
    const { revision, fingerprint } = await this.services.restore(context, { secretId, secretName });
    await this.instances.recordFingerprint(context.instance.id, fingerprint);
    await this.secrets.removeOthers(context, secretId);
    return revision;
  }
}

/** Docker says why it never will, or it did not within its time; anything else, such as an engine that is away, passes. */
function cannotRun(error: unknown): boolean {
  return error instanceof AppError && (!error.retryable || error.code === 'swarm.not_converged');
}
