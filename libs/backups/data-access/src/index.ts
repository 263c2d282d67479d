export { type BackupFilter, BackupRepository, type VerifiedBackup } from './backup.repository';
