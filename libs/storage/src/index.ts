export { type DumpOwner, FinalDumps } from './final-dumps';
export type { DirectoryOwner, InstanceStorage, StoredDirectory } from './instance-storage';
export { LocalStorage } from './local-storage';
export type { DirectoryClaim } from './owner-files';
