import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { instanceLabels } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { imageProfile } from '@saasodoo/odoo';
import type { StepContext } from '@saasodoo/operations/domain';
import { TenantsConfig } from '../tenants-config';
import type { TenantContext, TenantImage } from './tenant-context';

/** Reads what the steps of an operation work with; anew for each step, since time passes between them. */
@Injectable()
export class TenantContexts {
  constructor(
    private readonly config: TenantsConfig,
    private readonly instances: InstanceRepository,
  ) {}

  /** Throws `instance.not_found`. */
  async contextFor(context: StepContext): Promise<TenantContext> {
    const instance = await this.instances.get(context.operation.instanceId);
    return {
      ...context,
      // The context's methods live on its prototype, which a spread leaves behind.
      progress: (text) => context.progress(text),
      instance,
      image: () => this.imageOf(instance.odooVersion),
      labels: {
        ...instanceLabels({ ...instance, generation: context.operation.generation }),
        'saasodoo.platform': this.config.PLATFORM_NAME,
      },
    };
  }

  private imageOf(version: string): TenantImage {
    const found = this.config.ODOO_IMAGES[version];
    if (found !== undefined) {
      const { image: reference, id = reference, profile } = found;
      return { reference, id, profile: imageProfile(profile, version) };
    }
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
