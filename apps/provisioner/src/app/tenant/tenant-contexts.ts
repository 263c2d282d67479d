import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { instanceLabels } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { imageProfile } from '@saasodoo/odoo';
import type { StepContext } from '@saasodoo/operations/domain';
import { type OdooImage, ProvisionerConfig } from '../app.config';
import type { TenantContext } from './tenant-context';

/** Reads what the steps of an operation work with; anew for each step, since time passes between them. */
@Injectable()
export class TenantContexts {
  constructor(
    private readonly config: ProvisionerConfig,
    private readonly instances: InstanceRepository,
  ) {}

  /** Throws `instance.not_found` or `odoo_version.unavailable`. */
  async contextFor(context: StepContext): Promise<TenantContext> {
    const instance = await this.instances.get(context.operation.instanceId);
    const { image, id, profile } = this.imageOf(instance.odooVersion);
    return {
      ...context,
      // The context's methods live on its prototype, which a spread leaves behind.
      progress: (text) => context.progress(text),
      instance,
      image,
      imageId: id ?? image,
      profile: imageProfile(profile, instance.odooVersion),
      labels: {
        ...instanceLabels({ ...instance, generation: context.operation.generation }),
        'saasodoo.platform': this.config.PLATFORM_NAME,
      },
    };
  }

  private imageOf(version: string): OdooImage {
    const found = this.config.ODOO_IMAGES[version];
    if (found !== undefined) return found;
    const versions = Object.keys(this.config.ODOO_IMAGES);
    throw AppError.terminal(
      'odoo_version.unavailable',
      `this site has no image of Odoo ${version} any more`,
      {
        hint: `Add it to ODOO_IMAGES, or use one of: ${versions.join(', ')}.`,
        facts: { version, versions },
      },
    );
  }
}
