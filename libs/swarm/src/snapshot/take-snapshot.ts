import { systemClock } from '@saasodoo/kernel';
import { type SwarmNetworks } from '../networks/swarm-networks';
import { type SwarmNodes } from '../nodes/swarm-nodes';
import { type SwarmSecrets } from '../secrets/swarm-secrets';
import { type ListOptions, type SwarmServices } from '../services/swarm-services';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { type SwarmSnapshot } from './swarm-snapshot';

interface Lists {
  readonly services: SwarmServices;
  readonly tasks: SwarmTasks;
  readonly nodes: SwarmNodes;
  readonly secrets: SwarmSecrets;
  readonly networks: SwarmNetworks;
}

/** Five lists at once, however many services there are. */
export async function takeSnapshot(
  swarm: Lists,
  { labels = {}, signal }: ListOptions,
): Promise<SwarmSnapshot> {
  const takenAt = systemClock.now();
  const [services, tasks, nodes, secrets, networks] = await Promise.all([
    swarm.services.list({ labels, signal }),
    swarm.tasks.withLabels(labels, signal),
    swarm.nodes.list({ signal }),
    swarm.secrets.list({ labels, signal }),
    swarm.networks.list({ signal }),
  ]);
  const secretNames = new Set(secrets.map((secret) => secret.name));
  return { takenAt, services, tasks, nodes, secretNames, networks };
}
