export type { BackupDestination } from './backup-destination';
export { DirectoryDestination } from './directory-destination';
export { type Measure, measured } from './measured';
export { PartCipher, type PartName } from './part-cipher';
