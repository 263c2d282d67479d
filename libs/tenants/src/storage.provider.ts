import type { FactoryProvider } from '@nestjs/common';
import { type InstanceStorage, LocalStorage } from '@saasodoo/storage';
import { TenantsConfig } from './tenants-config';

export const INSTANCE_STORAGE = Symbol('instance storage');

/** The storage driver that the configuration names. */
export const storageProvider: FactoryProvider<InstanceStorage> = {
  provide: INSTANCE_STORAGE,
  inject: [TenantsConfig],
  useFactory: ({ STORAGE_ROOT, PLATFORM_NAME }: TenantsConfig) =>
    new LocalStorage(STORAGE_ROOT, PLATFORM_NAME),
};
