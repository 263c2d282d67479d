import { INSTANCE_ID_LABEL, type Swarm } from '@saasodoo/swarm';
import type { TenantContext } from './tenant-context';

/** Longer than the stop grace period of a tenant, plus the seconds that Swarm takes around it. */
const GONE_WITHIN_MS = 90_000;

/**
 * Removes the instance's service and returns when its last container is gone: until then it may write, and a new
 * service of the same name would run beside it. `knownId` is the service as PostgreSQL knows it: Swarm forgets a
 * removed service at once, but not its tasks.
 */
export async function removeService(
  swarm: Swarm,
  { instance, signal }: TenantContext,
  knownId: string | undefined,
): Promise<void> {
  const labels = { [INSTANCE_ID_LABEL]: instance.id };
  const found = await swarm.services.list({ labels });
  for (const { id } of found) await swarm.services.remove(id);
  const ids = new Set([...found.map(({ id }) => id), ...(knownId === undefined ? [] : [knownId])]);
  for (const id of ids) await swarm.convergence.awaitGone(id, { withinMs: GONE_WITHIN_MS, signal, labels });
}
