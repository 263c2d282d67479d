import { INSTANCE_ID_LABEL, JOB_ID_LABEL, type SecretRef, type Swarm } from '@saasodoo/swarm';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';
import { PLATFORM_LABEL, platformLabels } from './platform-mark';

/** Secrets of instances and of jobs. One that no service is given does nothing, so its quarantine is waiting. */
export class SecretReaper implements Reaper {
  readonly kind = 'secret';

  constructor(
    private readonly swarm: Swarm,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const [secrets, used] = await Promise.all([
      this.swarm.secrets.list({ labels: platformLabels(this.platform) }),
      this.usedNames(),
    ]);
    return secrets.filter(isOwnable).map((secret) => thing(secret, used));
  }

  async find({ id, name }: Thing): Promise<Thing | undefined> {
    const found = await this.swarm.secrets.getByName(name);
    const isOurs = found?.id === id && found.labels[PLATFORM_LABEL] === this.platform && isOwnable(found);
    return isOurs ? thing(found, await this.usedNames()) : undefined;
  }

  async quarantine(): Promise<void> {}

  async release(): Promise<void> {}

  async remove({ id }: Thing): Promise<void> {
    await this.swarm.secrets.remove(id);
  }

  /** By whatever service, of whomever. */
  private async usedNames(): Promise<ReadonlySet<string>> {
    return new Set((await this.swarm.services.list()).flatMap(({ secretNames }) => secretNames));
  }
}

function isOwnable({ labels }: SecretRef): boolean {
  return INSTANCE_ID_LABEL in labels || JOB_ID_LABEL in labels;
}

function thing({ id, name, labels }: SecretRef, used: ReadonlySet<string>): Thing {
  return {
    ...{ kind: 'secret', id, name, labels, createdAt: undefined },
    ownerId: labels[INSTANCE_ID_LABEL],
    ownerRole: undefined,
    isTransient: JOB_ID_LABEL in labels,
    isInUse: used.has(name),
    isSetAside: false,
  };
}
