import { Injectable } from '@nestjs/common';
import { TenantDatabases, transaction } from '@saasodoo/databases';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName, type Instance } from '@saasodoo/instances/domain';
import { AppError, randomSecret } from '@saasodoo/kernel';
import { hashOdooPassword, personaliseDatabase } from '@saasodoo/odoo';
import { type TenantContext } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { OdooInitialisation } from './odoo-initialisation';

/** Databases of instances, from empty or cloned to one that an Odoo can be started on. */
@Injectable()
export class InstanceDatabases {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly initialisation: OdooInitialisation,
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
  ) {}

  /** The database exists, belongs to the instance's role and is personalised. A clone when a template is given. */
  async ensure(context: TenantContext, template: string | undefined): Promise<void> {
    const { instance, signal } = context;
    const { adminPassword, databasePassword } = await this.passwords(instance.id);
    const owner = databaseRoleName(instance.id);
    const wish = { name: instance.databaseName, owner, instanceId: instance.id };
    await this.databases.ensureRole(owner, databasePassword);
    signal.throwIfAborted();
    if (template === undefined) await this.initialise(context, wish, databasePassword);
    else await this.databases.ensureDatabase({ ...wish, template });
    // Whoever was told to stop makes nothing more: what is undone meanwhile would come back.
    signal.throwIfAborted();
    await this.personalise(instance, adminPassword);
  }

  /** Database and role are gone. What stands under the name and is another's stays. */
  async remove({ instance, signal }: TenantContext): Promise<void> {
    await this.initialisation.clear(jobIdOf(instance.id), signal);
    const owner = databaseRoleName(instance.id);
    const found = await this.databases.describe(instance.databaseName);
    if (found?.owner === owner) await this.databases.dropDatabase(instance.databaseName, { owner });
    await this.databases.dropRole(owner);
  }

  /** An interrupted initialisation cannot be continued, so it begins with an empty database each time. */
  private async initialise(
    context: TenantContext,
    wish: { readonly name: string; readonly owner: string; readonly instanceId: string },
    password: string,
  ): Promise<void> {
    const { instance, labels, signal } = context;
    const { reference: image, profile } = context.image();
    const jobId = jobIdOf(instance.id);
    await this.initialisation.clear(jobId, signal);
    await this.databases.dropDatabase(wish.name, wish);
    signal.throwIfAborted();
    await this.databases.ensureDatabase(wish);
    await this.initialisation.run({
      ...{ jobId, image, profile, labels, signal },
      database: { name: wish.name, role: wish.owner, password },
      demoData: instance.demoData,
      ...(instance.language === undefined ? {} : { language: instance.language }),
      progress: (text) => context.progress(text),
    });
  }

  private async personalise(instance: Instance, adminPassword: string): Promise<void> {
    const adminPasswordHash = await hashOdooPassword(adminPassword);
    const { id, databaseName, adminEmail, externalUrl, name, language } = instance;
    await this.databases.withDatabase(databaseName, (sql) =>
      transaction(sql, () =>
        personaliseDatabase(sql, {
          adminLogin: adminEmail,
          adminPasswordHash,
          databaseUuid: id,
          databaseSecret: randomSecret(),
          baseUrl: externalUrl,
          companyName: name,
          ...(language === undefined ? {} : { language }),
        }),
      ),
    );
  }

  private async passwords(id: string): Promise<{ adminPassword: string; databasePassword: string }> {
    const { adminPassword, databasePassword } = await this.secrets.open(this.controlDatabase.manager, id);
    if (adminPassword !== undefined && databasePassword !== undefined)
      return { adminPassword, databasePassword };
    throw AppError.terminal('instance.passwords_missing', `the passwords of instance ${id} are not stored`);
  }
}

/** The job that initialises the instance's own database. */
function jobIdOf(instanceId: string): string {
  return `odoo-init-${instanceId.replaceAll('-', '')}`;
}
