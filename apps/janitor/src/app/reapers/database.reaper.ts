import type { DatabaseDescription, TenantDatabases } from '@saasodoo/databases';
import { isStagedName } from '@saasodoo/instances/domain';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';

/**
 * Databases of instances, and those that were to become templates and never did. A sealed template belongs to all instances
 * and is never looked at. In quarantine nobody can enter.
 */
export class DatabaseReaper implements Reaper {
  constructor(
    readonly kind: 'database' | 'template',
    private readonly databases: TenantDatabases,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const found = await this.databases.list();
    return found.filter((database) => this.isMine(database)).map((database) => this.thing(database));
  }

  async find({ id, name }: Thing): Promise<Thing | undefined> {
    const found = await this.databases.describe(name);
    if (found === undefined || !this.isMine(found)) return undefined;
    const thing = this.thing(found);
    return thing.id === id ? thing : undefined;
  }

  async quarantine(thing: Thing): Promise<void> {
    await this.setAccess(thing, false);
  }

  async release(thing: Thing): Promise<void> {
    await this.setAccess(thing, true);
  }

  async remove({ name }: Thing): Promise<void> {
    const found = await this.databases.describe(name);
    if (found === undefined) return;
    if (this.kind === 'template') await this.databases.dropTemplate(name);
    else await this.databases.dropDatabase(name, { owner: found.owner });
  }

  async measure({ name }: Thing): Promise<number> {
    return (await this.databases.describe(name))?.sizeBytes ?? 0;
  }

  private async setAccess({ name }: Thing, open: boolean): Promise<void> {
    const found = await this.databases.describe(name);
    if (found !== undefined) await this.databases.setAccess(name, { owner: found.owner, open });
  }

  private isMine({ platform, isTemplate, isHalfBuilt }: DatabaseDescription): boolean {
    if (platform !== this.platform || isTemplate) return false;
    return (this.kind === 'template') === isHalfBuilt;
  }

  private thing({ oid, name, owner, comment, createdAt, ...database }: DatabaseDescription): Thing {
    return {
      ...{ kind: this.kind, id: `${name}#${oid}`, name, createdAt },
      labels: { owner, ...(comment === undefined ? {} : { comment }) },
      ownerId: database.instanceId,
      ownerRole: owner,
      isTransient: this.kind === 'template' || isStagedName(name),
      isInUse: false,
      // Closed it may be for other reasons, so that says nothing.
      isSetAside: false,
    };
  }
}
