import { INSTANCE_ID_LABEL, JOB_ID_LABEL, type SwarmService, type SwarmServices } from '@saasodoo/swarm';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';
import { PLATFORM_LABEL, platformLabels } from './platform-mark';

/** How many replicas a service had before it was set aside. */
const REPLICAS_LABEL = 'saasodoo.quarantine.replicas';

/** Services of instances, and one-off jobs, which are services too. In quarantine they run nothing. */
export class ServiceReaper implements Reaper {
  constructor(
    readonly kind: 'service' | 'job',
    private readonly services: SwarmServices,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const found = await this.services.list({ labels: platformLabels(this.platform) });
    return found.filter((service) => this.isMine(service)).map((service) => this.thing(service));
  }

  async find({ id }: Thing): Promise<Thing | undefined> {
    const found = await this.services.get(id);
    return found !== undefined && this.isMine(found) ? this.thing(found) : undefined;
  }

  async quarantine({ id }: Thing): Promise<void> {
    const found = await this.services.get(id);
    if (found === undefined) return;
    // Written down first: a service at 0 with no such label is one that its instance wants at 0.
    if (found.labels[REPLICAS_LABEL] === undefined) {
      await this.services.updateLabels(id, { [REPLICAS_LABEL]: String(found.replicas) });
    }
    await this.services.scale(id, 0);
  }

  async release({ id }: Thing): Promise<void> {
    const before = (await this.services.get(id))?.labels[REPLICAS_LABEL];
    if (before === undefined) return;
    await this.services.scale(id, Number(before));
    await this.services.updateLabels(id, { [REPLICAS_LABEL]: null });
  }

  async remove({ id }: Thing): Promise<void> {
    await this.services.remove(id);
  }

  /** The platform's own services name no instance and no job. */
  private isMine({ labels }: SwarmService): boolean {
    if (labels[PLATFORM_LABEL] !== this.platform) return false;
    const isJob = JOB_ID_LABEL in labels;
    return this.kind === 'job' ? isJob : !isJob && INSTANCE_ID_LABEL in labels;
  }

  private thing({ id, name, labels, createdAt }: SwarmService): Thing {
    return {
      ...{ kind: this.kind, id, name, labels, createdAt },
      ownerId: labels[INSTANCE_ID_LABEL],
      ownerRole: undefined,
      isTransient: this.kind === 'job',
      isInUse: false,
      isSetAside: REPLICAS_LABEL in labels,
    };
  }
}
