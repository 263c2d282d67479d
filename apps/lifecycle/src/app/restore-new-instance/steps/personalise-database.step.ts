import { Injectable } from '@nestjs/common';
import { TenantDatabases, transaction } from '@saasodoo/databases';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { randomSecret } from '@saasodoo/kernel';
import { hashOdooPassword, neutraliseDatabase, personaliseDatabase } from '@saasodoo/odoo';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { InstanceData } from '../../backups/instance-data';

/**
 * Its own identity, address and administrator, before any Odoo sees it; a copy that is to be tried things on can do nothing
 * outside from the beginning. Logged in as the instance's role: what a customer left in the database runs with no other rights.
 */
@Injectable()
export class PersonaliseDatabaseStep implements Step<TenantContext> {
  readonly name = 'personalise-database';

  constructor(
    private readonly databases: TenantDatabases,
    private readonly data: InstanceData,
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
  ) {}

  async run({ instance, operation }: TenantContext): Promise<JsonObject> {
    const { staged } = this.data.databases(instance, operation.id);
    const { adminPassword = '' } = await this.secrets.open(this.controlDatabase.manager, instance.id);
    const adminPasswordHash = await hashOdooPassword(adminPassword);
    const isNeutral = operation.input['neutralise'] === true;
    const { id, adminEmail, externalUrl } = instance;
    const work = { adminLogin: adminEmail, adminPasswordHash, databaseUuid: id, baseUrl: externalUrl };
    const { user, password } = await this.data.login(instance);
    await this.databases.withDatabase(
      staged,
      (sql) =>
        transaction(sql, async () => {
          await personaliseDatabase(sql, { ...work, databaseSecret: randomSecret() });
          if (isNeutral) await neutraliseDatabase(sql);
        }),
      { user, password },
    );
    return { neutralised: isNeutral };
  }
}
