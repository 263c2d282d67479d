import { Injectable } from '@nestjs/common';
import { databaseRoleName } from '@saasodoo/instances/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { type TenantContext } from '@saasodoo/tenants';
import { InstanceDatabases } from '../../odoo-database/instance-databases';

/** The instance's own database and role, with its own identity and administrator in it. */
@Injectable()
export class CreateDatabaseStep implements Step<TenantContext> {
  readonly name = 'create-database';
  readonly timeoutMs = 600_000;

  constructor(private readonly databases: InstanceDatabases) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const { template } = context.outputs['prepare-template'] ?? {};
    await this.databases.ensure(context, typeof template === 'string' ? template : undefined);
    return { database: context.instance.databaseName, role: databaseRoleName(context.instance.id) };
  }

  async undo(context: TenantContext): Promise<void> {
    await this.databases.remove(context);
  }
}
