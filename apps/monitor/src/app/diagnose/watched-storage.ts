import type { InstanceStorage } from '@saasodoo/storage';
import { instanceStorage } from '@saasodoo/tenants';
import type { MonitorConfig } from '../app.config';

type Settings = Pick<MonitorConfig, 'STORAGE_DRIVER' | 'STORAGE_ROOT' | 'PLATFORM_NAME'>;

/** The storage as those who act on instances have it; a monitor that was not told where it is never looks. */
export function watchedStorage({ STORAGE_DRIVER, STORAGE_ROOT, PLATFORM_NAME }: Settings): InstanceStorage {
  if (STORAGE_ROOT === undefined) {
    return instanceStorage({
      STORAGE_DRIVER: 'local',
      STORAGE_ROOT: '/var/lib/saasodoo/storage',
      PLATFORM_NAME,
    });
  }
  return instanceStorage({ STORAGE_DRIVER, STORAGE_ROOT, PLATFORM_NAME });
}
