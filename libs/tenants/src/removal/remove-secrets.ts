import { INSTANCE_ID_LABEL, type Swarm } from '@saasodoo/swarm';
import type { TenantContext } from '../context/tenant-context';

/** Removes every secret of the instance; the service that used them must be gone. */
export async function removeSecrets(swarm: Swarm, { instance }: TenantContext): Promise<void> {
  for (const { id } of await swarm.secrets.list({ labels: { [INSTANCE_ID_LABEL]: instance.id } })) {
    await swarm.secrets.remove(id);
  }
}
