import { INSTANCE_ID_LABEL, type Labels, type Swarm } from '@saasodoo/swarm';
import type { TenantContext } from './tenant-context';

/** Longer than the stop grace period of a tenant, plus the seconds that Swarm takes around it. */
const GONE_WITHIN_MS = 90_000;

/**
 * Removes the services with these labels and returns when their last container is gone: until then it may write, and a
 * new service of the same name would run beside it. Swarm forgets a removed service at once, but not its tasks, and
 * those are asked: so a removal that was interrupted is waited for as well.
 */
export async function removeServices(swarm: Swarm, labels: Labels, signal: AbortSignal): Promise<void> {
  const services = await swarm.services.list({ labels });
  for (const { id } of services) await swarm.services.remove(id);
  const tasks = await swarm.tasks.withLabels(labels, signal);
  for (const id of new Set([
    ...services.map((service) => service.id),
    ...tasks.map((task) => task.serviceId),
  ])) {
    await swarm.convergence.awaitGone(id, { withinMs: GONE_WITHIN_MS, signal, labels });
  }
}

/** The instance's service, and whatever else runs for it. */
export async function removeService(swarm: Swarm, { instance, signal }: TenantContext): Promise<void> {
  await removeServices(swarm, { [INSTANCE_ID_LABEL]: instance.id }, signal);
}
