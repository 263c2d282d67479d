export type { DirectoryOwner, InstanceStorage } from './instance-storage';
export { LocalStorage } from './local-storage';
