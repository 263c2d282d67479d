export { type BackupFilter, BackupRepository, type VerifiedBackup } from './backup.repository';
export { BackupExpiryRepository } from './backup-expiry.repository';
export { BackupScheduleRepository, type NewBackupSchedule } from './backup-schedule.repository';
export { type ImportFilter, ImportRepository, type ReceivedImport } from './import.repository';
