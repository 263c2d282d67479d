export { type BackupFilter, BackupRepository, type VerifiedBackup } from './backup.repository';
export { BackupExpiryRepository } from './backup-expiry.repository';
export {
  BackupDrillRepository,
  type DrillCounts,
  type DrilledBackups,
  type DrillFilter,
  drillFilters,
} from './backup-drill.repository';
export { BackupScheduleRepository, type NewBackupSchedule } from './backup-schedule.repository';
export { type ImportFilter, ImportRepository, type ReceivedImport } from './import.repository';
