import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { QuotaRepository } from '@saasodoo/identity/data-access';
import { parseSize } from '@saasodoo/kernel';
import { AccessConfig } from '../admin/access.config';

/** PostgreSQL decides about quotas, so the configured default is told to it, once the schema is there. */
@Injectable()
export class QuotaDefaults implements OnApplicationBootstrap {
  constructor(
    @Inject(AccessConfig) private readonly config: AccessConfig,
    @Inject(QuotaRepository) private readonly quotas: QuotaRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { QUOTA_INSTANCES: instances, QUOTA_CPUS: cpus, QUOTA_MEMORY } = this.config;
    await this.quotas.setDefault({ instances, cpus, memoryBytes: parseSize(QUOTA_MEMORY) });
  }
}
