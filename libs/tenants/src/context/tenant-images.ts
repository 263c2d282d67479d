import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { Instance, OdooImage } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { imageProfile } from '@saasodoo/odoo';
import { INSTANCE_ID_LABEL, Swarm } from '@saasodoo/swarm';
import type { EntityManager } from 'typeorm';
import { TenantsConfig } from '../tenants-config';
import { deployedImage } from './deployed-image';
import type { TenantImage } from './tenant-context';

/** Which image an instance runs. What its version has on the site matters once, when it is made; then only to an upgrade. */
@Injectable()
export class TenantImages {
  constructor(
    private readonly config: TenantsConfig,
    private readonly instances: InstanceRepository,
    private readonly swarm: Swarm,
  ) {}

  /** Throws `odoo_version.unavailable`. */
  of({ odooVersion, odooImage = this.configured(odooVersion) }: Instance): TenantImage {
    if (odooImage !== undefined) return imageFor(odooImage, odooVersion);
    const versions = Object.keys(this.config.ODOO_IMAGES);
    throw AppError.terminal(
      'odoo_version.unavailable',
      `this site has no image of Odoo ${odooVersion} any more`,
      {
        hint: `Add it to ODOO_IMAGES, or use one of: ${versions.join(', ')}.`,
        facts: { version: odooVersion, versions },
      },
    );
  }

  /** What the version of the instance has on the site now is its own from here on: it is about to be made. */
  async choose(em: EntityManager, instanceId: string): Promise<void> {
    const { odooVersion } = await this.instances.get(instanceId, em);
    const odooImage = this.configured(odooVersion);
    if (odooImage !== undefined) await this.instances.recordOdoo(instanceId, { odooVersion, odooImage }, em);
  }

  /**
   * The instance with the image it runs. One from before that was kept runs what its service says, unless somebody edited
   * the service.
   */
  async known(instance: Instance): Promise<Instance> {
    const { id, odooVersion, databaseServer } = instance;
    const configured = this.configured(odooVersion);
    if (instance.odooImage !== undefined || databaseServer === undefined || configured === undefined)
      return instance;
    const service = await this.swarm.services.getByLabel(INSTANCE_ID_LABEL, id);
    const odooImage = deployedImage(service, instance.serviceFingerprint, configured);
    await this.instances.recordOdoo(id, { odooVersion, odooImage });
    return { ...instance, odooImage };
  }

  private configured(version: string): OdooImage | undefined {
    return this.config.ODOO_IMAGES[version];
  }
}

/** As steps use it. Throws `odoo.profile_unknown`, `odoo.version_malformed`. */
export function imageFor({ image, id = image, profile }: OdooImage, version: string): TenantImage {
  return { reference: image, id, profile: imageProfile(profile, version) };
}
