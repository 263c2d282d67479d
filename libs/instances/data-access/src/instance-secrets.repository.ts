import type { SecretBox } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import { instanceNotFound } from './instance-not-found';
import { InstanceEntity } from './instance.entity';

export interface InstanceSecrets {
  readonly adminPassword?: string;
  readonly databasePassword?: string;
}

/** The passwords of an instance: sealed in PostgreSQL, bound to its id, opened only here. */
export class InstanceSecretsRepository {
  constructor(private readonly box: SecretBox) {}

  /** As it is stored, for an instance that does not exist yet. */
  seal(secret: string, id: string): string {
    return this.box.seal(secret, id);
  }

  /** Stores those that are given and leaves the others. Throws `instance.not_found`. */
  async set(
    em: EntityManager,
    id: string,
    { adminPassword, databasePassword }: InstanceSecrets,
  ): Promise<void> {
    const { affected } = await em.update(
      InstanceEntity,
      { id },
      {
        ...(adminPassword === undefined ? {} : { adminPasswordSealed: this.seal(adminPassword, id) }),
        ...(databasePassword === undefined
          ? {}
          : { databasePasswordSealed: this.seal(databasePassword, id) }),
      },
    );
    if (affected === 0) throw instanceNotFound(id);
  }

  /** Throws `instance.not_found`, or `secret_box.unreadable` when the key is another one. */
  async open(em: EntityManager, id: string): Promise<InstanceSecrets> {
    const row = await em.findOne(InstanceEntity, {
      where: { id },
      select: { id: true, adminPasswordSealed: true, databasePasswordSealed: true },
    });
    if (row === null) throw instanceNotFound(id);
    return {
      ...(row.adminPasswordSealed === null
        ? {}
        : { adminPassword: this.box.open(row.adminPasswordSealed, id) }),
      ...(row.databasePasswordSealed === null
        ? {}
        : { databasePassword: this.box.open(row.databasePasswordSealed, id) }),
    };
  }
}
