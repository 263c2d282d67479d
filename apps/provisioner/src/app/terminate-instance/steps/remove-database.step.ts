import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { type TenantContext } from '@saasodoo/tenants';
import { InstanceDatabases } from '../../odoo-database/instance-databases';

@Injectable()
export class RemoveDatabaseStep implements Step<TenantContext> {
  readonly name = 'remove-database';

  constructor(private readonly databases: InstanceDatabases) {}

  async run(context: TenantContext): Promise<void> {
    await this.databases.remove(context);
  }
}
