import { Injectable } from '@nestjs/common';
import { TenantDatabases, transaction } from '@saasodoo/databases';
import { neutraliseDatabase } from '@saasodoo/odoo';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { InstanceData } from '../../backups/instance-data';

/**
 * What is drilled sends nothing. It gets no identity or administrator of its own, as a copy does: nobody can reach it, and what
 * is drilled is to be the backup as it is.
 */
@Injectable()
export class NeutraliseDatabaseStep implements Step<TenantContext> {
  readonly name = 'neutralise-database';

  constructor(
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
  ) {}

  async run({ instance, operation }: TenantContext): Promise<void> {
    const { staged } = this.data.databases(instance, operation.id);
    const { user, password } = await this.data.login(instance);
    await this.databases.withDatabase(staged, (sql) => transaction(sql, neutraliseDatabase), {
      user,
      password,
    });
  }
}
