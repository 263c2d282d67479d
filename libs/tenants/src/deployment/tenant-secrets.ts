import { Injectable } from '@nestjs/common';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName } from '@saasodoo/instances/domain';
import { AppError, randomSecret } from '@saasodoo/kernel';
import { type OdooConfigOptions, renderOdooConfig } from '@saasodoo/odoo';
import { INSTANCE_ID_LABEL, JOB_ID_LABEL, type SecretRef, Swarm } from '@saasodoo/swarm';
import { createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { TenantContext } from '../context/tenant-context';
import { TenantsConfig } from '../tenants-config';
import { configSecretName } from './tenant-names';

const HASH_LENGTH = 12;
/** Stands for the master password while contents are compared: that one is made up anew each time and never used. */
const ANY_MASTER_PASSWORD = 'any';

/** Odoo's configuration with its passwords, as the one secret of an instance. */
@Injectable()
export class TenantSecrets {
  constructor(
    private readonly swarm: Swarm,
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
    private readonly config: TenantsConfig,
  ) {}

  /**
   * The secret with the configuration that the instance is meant to have: the one that is there, or a new one. Docker
   * never gives a secret's content back, so its name tells contents apart. Throws `instance.passwords_missing`.
   */
  async ensure(context: TenantContext): Promise<SecretRef> {
    const options = await this.optionsFor(context);
    return this.swarm.secrets.create({
      name: configSecretName(context.instance.id, contentHash(options)),
      labels: context.labels,
      data: renderOdooConfig({ ...options, masterPassword: randomSecret() }),
      signal: context.signal,
    });
  }

  /** Removes the instance's configurations of earlier deployments; no service may refer to them any more. */
  async removeOthers({ instance }: TenantContext, current: string): Promise<void> {
    await this.removeAllBut(instance.id, ({ id }) => id === current);
  }

  /** Removes the instance's configurations that are not among those of these names. */
  async removeUnused({ instance }: TenantContext, used: readonly string[]): Promise<void> {
    await this.removeAllBut(instance.id, ({ name }) => used.includes(name));
  }

  private async removeAllBut(instanceId: string, isKept: (secret: SecretRef) => boolean): Promise<void> {
    const secrets = await this.swarm.secrets.list({ labels: { [INSTANCE_ID_LABEL]: instanceId } });
    for (const secret of secrets) {
      if (!isKept(secret) && !(JOB_ID_LABEL in secret.labels)) await this.swarm.secrets.remove(secret.id);
    }
  }

  private async optionsFor({
    instance,
    image,
  }: TenantContext): Promise<Omit<OdooConfigOptions, 'masterPassword'>> {
    const { databasePassword } = await this.secrets.open(this.controlDatabase.manager, instance.id);
    if (databasePassword === undefined) {
      throw AppError.terminal(
        'instance.passwords_missing',
        `instance ${instance.id} has no database password`,
      );
    }
    return {
      profile: image().profile,
      database: {
        host: this.config.TENANT_DATABASE_HOST,
        port: this.config.TENANT_DATABASE_PORT,
        user: databaseRoleName(instance.id),
        password: databasePassword,
        name: instance.databaseName,
      },
      memoryBytes: instance.memoryBytes,
    };
  }
}

/** Keyed with a part of what it hides, so that the name of a secret helps nobody to guess it. */
function contentHash(options: Omit<OdooConfigOptions, 'masterPassword'>): string {
  return createHmac('sha256', options.database.password)
    .update(renderOdooConfig({ ...options, masterPassword: ANY_MASTER_PASSWORD }))
    .digest('hex')
    .slice(0, HASH_LENGTH);
}
