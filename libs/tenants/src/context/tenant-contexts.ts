import { Injectable } from '@nestjs/common';
import { instanceLabels } from '@saasodoo/instances/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { StepContext } from '@saasodoo/operations/domain';
import { TenantsConfig } from '../tenants-config';
import type { TenantContext } from './tenant-context';
import { TenantImages } from './tenant-images';

/** Reads what the steps of an operation work with; anew for each step, since time passes between them. */
@Injectable()
export class TenantContexts {
  constructor(
    private readonly config: TenantsConfig,
    private readonly instances: InstanceRepository,
    private readonly images: TenantImages,
  ) {}

  /** Throws `instance.not_found`. */
  async contextFor(context: StepContext): Promise<TenantContext> {
    const { operation } = context;
    const found = await this.instances.get(operation.instanceId);
    const instance = operation.kind === 'terminate' ? found : await this.images.known(found);
    return {
      ...context,
      // The context's methods live on its prototype, which a spread leaves behind.
      progress: (text) => context.progress(text),
      instance,
      image: () => this.images.of(instance),
      labels: {
        ...instanceLabels({ ...instance, generation: operation.generation }),
        'saasodoo.platform': this.config.PLATFORM_NAME,
      },
    };
  }
}
