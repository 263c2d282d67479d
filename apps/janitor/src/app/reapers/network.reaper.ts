import { INSTANCE_ID_LABEL, type Swarm, type SwarmNetwork } from '@saasodoo/swarm';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';
import { PLATFORM_LABEL } from './platform-mark';

/** Overlay networks that were made for one instance; those that tenants share name none and are never looked at. */
export class NetworkReaper implements Reaper {
  readonly kind = 'network';

  constructor(
    private readonly swarm: Swarm,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const [networks, used] = await Promise.all([this.swarm.networks.list(), this.usedIds()]);
    return networks.filter((network) => this.isOurs(network)).map((network) => thing(network, used));
  }

  async find({ id }: Thing): Promise<Thing | undefined> {
    return (await this.list()).find((network) => network.id === id);
  }

  async quarantine(): Promise<void> {}

  async release(): Promise<void> {}

  async remove({ id }: Thing): Promise<void> {
    await this.swarm.networks.remove(id);
  }

  private isOurs({ labels }: SwarmNetwork): boolean {
    return labels[PLATFORM_LABEL] === this.platform && INSTANCE_ID_LABEL in labels;
  }

  /** By whatever service, of whomever. */
  private async usedIds(): Promise<ReadonlySet<string>> {
    return new Set((await this.swarm.services.list()).flatMap(({ networkIds }) => networkIds));
  }
}

function thing({ id, name, labels }: SwarmNetwork, used: ReadonlySet<string>): Thing {
  return {
    ...{ kind: 'network', id, name, labels, createdAt: undefined },
    ownerId: labels[INSTANCE_ID_LABEL],
    ownerRole: undefined,
    isTransient: false,
    isInUse: used.has(id),
    isSetAside: false,
  };
}
