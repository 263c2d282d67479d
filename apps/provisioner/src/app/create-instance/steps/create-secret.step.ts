import { Injectable } from '@nestjs/common';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName } from '@saasodoo/instances/domain';
import { AppError, randomSecret } from '@saasodoo/kernel';
import { renderOdooConfig } from '@saasodoo/odoo';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { DataSource } from 'typeorm';
import { ProvisionerConfig } from '../../app.config';
import { removeSecrets } from '../../tenant/remove-secrets';
import type { TenantContext } from '../../tenant/tenant-context';
import { configSecretName } from '../../tenant/tenant-names';

/** Odoo's configuration with its passwords, as the one secret of the instance. */
@Injectable()
export class CreateSecretStep implements Step<TenantContext> {
  readonly name = 'create-secret';

  constructor(
    private readonly swarm: Swarm,
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
    private readonly config: ProvisionerConfig,
  ) {}

  async run(context: TenantContext): Promise<JsonObject> {
    const { instance, operation, labels } = context;
    const { id, name } = await this.swarm.secrets.create({
      name: configSecretName(instance.id, operation.generation),
      labels,
      data: await this.odooConfig(context),
    });
    return { secret_id: id, secret_name: name };
  }

  async undo(context: TenantContext): Promise<void> {
    await removeSecrets(this.swarm, context);
  }

  private async odooConfig({ instance, image }: TenantContext): Promise<string> {
    const { databasePassword } = await this.secrets.open(this.controlDatabase.manager, instance.id);
    if (databasePassword === undefined) {
      throw AppError.terminal(
        'instance.passwords_missing',
        `instance ${instance.id} has no database password`,
      );
    }
    return renderOdooConfig({
      profile: image().profile,
      database: {
        host: this.config.TENANT_DATABASE_HOST,
        port: this.config.TENANT_DATABASE_PORT,
        user: databaseRoleName(instance.id),
        password: databasePassword,
        name: instance.databaseName,
      },
      masterPassword: randomSecret(),
      memoryBytes: instance.memoryBytes,
    });
  }
}
