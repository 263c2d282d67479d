import type { FactoryProvider } from '@nestjs/common';
import { FinalDumps } from '@saasodoo/storage';
import { finalDumps } from '@saasodoo/tenants';
import { ProvisionerConfig } from './app.config';

/** What is kept of terminated instances, beside their directories. */
export const finalDumpsProvider: FactoryProvider<FinalDumps> = {
  provide: FinalDumps,
  inject: [ProvisionerConfig],
  useFactory: (config: ProvisionerConfig) => finalDumps(config),
};
