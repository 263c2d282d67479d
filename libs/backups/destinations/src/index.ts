export type { BackupDestination } from './backup-destination';
export { DirectoryDestination } from './directory-destination';
export { type Measure, measured } from './measured';
export { ObjectStoreDestination } from './object-store-destination';
export {
  type ObjectStorePlace,
  type ObjectStoreSettings,
  parsePlace,
  placeName,
} from './object-store-settings';
export { PartCipher, type PartName } from './part-cipher';
