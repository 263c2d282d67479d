import type { FactoryProvider } from '@nestjs/common';
import { type InstanceStorage, LocalStorage } from '@saasodoo/storage';
import { ProvisionerConfig } from './app.config';

export const INSTANCE_STORAGE = Symbol('instance storage');

/** The storage driver that the configuration names. */
export const storageProvider: FactoryProvider<InstanceStorage> = {
  provide: INSTANCE_STORAGE,
  inject: [ProvisionerConfig],
  useFactory: ({ STORAGE_ROOT }: ProvisionerConfig) => new LocalStorage(STORAGE_ROOT),
};
