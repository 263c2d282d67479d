import type { FactoryProvider } from '@nestjs/common';
import { FinalDumps } from '@saasodoo/storage';
import { ProvisionerConfig } from './app.config';

/** What is kept of terminated instances, beside their directories. */
export const finalDumpsProvider: FactoryProvider<FinalDumps> = {
  provide: FinalDumps,
  inject: [ProvisionerConfig],
  useFactory: ({ STORAGE_ROOT, PLATFORM_NAME }: ProvisionerConfig) =>
    new FinalDumps(STORAGE_ROOT, PLATFORM_NAME),
};
