import type { FactoryProvider } from '@nestjs/common';
import { CephFs } from '@saasodoo/ceph';
import { CephStorage, FinalDumps, groundOf, type InstanceStorage, LocalStorage } from '@saasodoo/storage';
import { TenantsConfig } from './tenants-config';

export const INSTANCE_STORAGE = Symbol('instance storage');

/** The part of a configuration that says where files of instances are. */
export interface StorageSettings {
  readonly STORAGE_DRIVER: 'local' | 'cephfs';
  readonly STORAGE_ROOT: string;
  readonly STORAGE_MAX_FILES?: number;
  readonly PLATFORM_NAME: string;
}

/** The storage driver that the configuration names. */
export function instanceStorage(settings: StorageSettings): InstanceStorage {
  const { STORAGE_DRIVER, STORAGE_ROOT, STORAGE_MAX_FILES: maxFiles, PLATFORM_NAME: platform } = settings;
  if (STORAGE_DRIVER === 'local') return new LocalStorage(STORAGE_ROOT, platform);
  const limits = maxFiles === undefined ? {} : { maxFiles };
  return new CephStorage(STORAGE_ROOT, new CephFs(STORAGE_ROOT), { platform, ...limits });
}

/** What is kept of terminated instances, on the same storage. */
export function finalDumps({ STORAGE_DRIVER, STORAGE_ROOT, PLATFORM_NAME }: StorageSettings): FinalDumps {
  if (STORAGE_DRIVER === 'local') return new FinalDumps(STORAGE_ROOT, PLATFORM_NAME);
  return new FinalDumps(STORAGE_ROOT, PLATFORM_NAME, groundOf(new CephFs(STORAGE_ROOT)));
}

export const storageProvider: FactoryProvider<InstanceStorage> = {
  provide: INSTANCE_STORAGE,
  inject: [TenantsConfig],
  useFactory: (config: TenantsConfig) => instanceStorage(config),
};
