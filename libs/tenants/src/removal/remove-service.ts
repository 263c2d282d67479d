import { INSTANCE_ID_LABEL, type Labels, type Swarm } from '@saasodoo/swarm';
import type { TenantContext } from '../context/tenant-context';
import { awaitNoTask } from './await-no-task';

/** Removes the services with these labels and returns when their last container is gone. */
export async function removeServices(swarm: Swarm, labels: Labels, signal: AbortSignal): Promise<void> {
  const services = await swarm.services.list({ labels });
  for (const { id } of services) await swarm.services.remove(id);
  await awaitNoTask(
    swarm,
    labels,
    signal,
    services.map(({ id }) => id),
  );
}

/** The instance's service, and whatever else runs for it. */
export async function removeService(swarm: Swarm, { instance, signal }: TenantContext): Promise<void> {
  await removeServices(swarm, { [INSTANCE_ID_LABEL]: instance.id }, signal);
}
