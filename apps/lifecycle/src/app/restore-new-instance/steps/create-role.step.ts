import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { removeSecrets, removeService, type TenantContext } from '@saasodoo/tenants';
import { InstanceData } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';

/** The role that the data of the new instance is to belong to. */
@Injectable()
export class CreateRoleStep implements Step<TenantContext> {
  readonly name = 'create-role';

  constructor(
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly swarm: Swarm,
    private readonly workspace: Workspace,
  ) {}

  async run({ instance }: TenantContext): Promise<JsonObject> {
    const { user, password } = await this.data.login(instance);
    await this.databases.ensureRole(user, password);
    return { role: user };
  }

  /** Comes after the undoing of whatever was made for the instance later, so that all of it is gone then. */
  async undo(context: TenantContext): Promise<void> {
    await removeService(this.swarm, context);
    await removeSecrets(this.swarm, context);
    const { owner } = this.data.databases(context.instance, context.operation.id);
    await this.databases.dropRole(owner);
    await this.workspace.remove(context.operation.id);
  }
}
