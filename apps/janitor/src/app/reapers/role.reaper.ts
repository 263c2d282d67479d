import type { RoleDescription, TenantDatabases } from '@saasodoo/databases';
import type { Reaper } from '../reap/reaper';
import type { Thing } from '../reap/thing';

/** Database roles of instances and builders of templates. In quarantine they cannot log in. */
export class RoleReaper implements Reaper {
  readonly kind = 'role';

  constructor(
    private readonly databases: TenantDatabases,
    private readonly platform: string,
  ) {}

  async list(): Promise<Thing[]> {
    const roles = await this.databases.listRoles();
    return roles.filter(({ platform }) => platform === this.platform).map(thing);
  }

  async find({ id }: Thing): Promise<Thing | undefined> {
    return (await this.list()).find((role) => role.id === id);
  }

  async quarantine({ name }: Thing): Promise<void> {
    await this.databases.setRoleLogin(name, false);
  }

  async release({ name }: Thing): Promise<void> {
    await this.databases.setRoleLogin(name, true);
  }

  async remove({ name }: Thing): Promise<void> {
    await this.databases.dropRole(name);
  }
}

function thing({ oid, name, isInUse }: RoleDescription): Thing {
  return {
    ...{ kind: 'role', id: `${name}#${oid}`, name, labels: {}, createdAt: undefined },
    ownerId: undefined,
    ownerRole: name,
    isTransient: false,
    isInUse,
    isSetAside: false,
  };
}
