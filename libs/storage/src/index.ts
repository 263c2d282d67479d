export type { CephFiles, CephLimits } from './ceph-files';
export { CephStorage, type CephStorageOptions, groundOf } from './ceph-storage';
export { type DumpOwner, FinalDumps } from './final-dumps';
export type {
  DirectoryOwner,
  DirectoryUser,
  InstanceStorage,
  QuotaOptions,
  StoredDirectory,
  StoredSnapshot,
} from './instance-storage';
export { LocalStorage } from './local-storage';
export type { DirectoryClaim } from './owner-files';
export { plainGround, type StorageGround } from './storage-ground';
