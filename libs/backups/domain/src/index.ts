export { assertBackupAllowed, assertRestoreAllowed, type BackupSubject } from './assert-backup-allowed';
export { assertRestorable, type RestoreTarget } from './assert-restorable';
export { assertWithinLimit } from './assert-within-limit';
export {
  type Backup,
  type BackupKind,
  backupKinds,
  type BackupStatus,
  backupStatuses,
  type NewBackup,
} from './backup';
export {
  type BackupDrill,
  type DrillDelay,
  type DrillResult,
  type DrillStatus,
  drillStatuses,
  judgeDrill,
} from './backup-drill';
export {
  type BackupManifest,
  type BackupPart,
  DATABASE_PART,
  FILES_PART,
  MANIFEST_FORMAT,
  MANIFEST_PART,
  parseManifest,
} from './backup-manifest';
export {
  chooseDrill,
  type DrillCandidate,
  type DrillPace,
  type DrillPolicy,
  drillRetryAt,
  isDrillDue,
} from './drill-schedule';
export { backupsToPrune, nextBackupAt, type RetainedBackup, type RetentionPolicy } from './retention';
export { backupMinute, type BackupSchedule, retryBackupAt } from './backup-schedule';
export {
  assertImportable,
  DUMP_ENTRY,
  filestorePath,
  type ImportLayout,
  type ImportLimits,
  MANIFEST_ENTRY,
  type ZipEntryFacts,
} from './import-entries';
export { type ImportManifest, offeredVersion, parseImportManifest } from './import-manifest';
export {
  type ImportContents,
  type ImportStatus,
  importStatuses,
  type NewImport,
  type OdooImport,
} from './odoo-import';
