export { assertBackupAllowed, assertRestoreAllowed, type BackupSubject } from './assert-backup-allowed';
export { assertRestorable, type RestoreTarget } from './assert-restorable';
export {
  type Backup,
  type BackupKind,
  backupKinds,
  type BackupStatus,
  backupStatuses,
  type NewBackup,
} from './backup';
export {
  type BackupManifest,
  type BackupPart,
  DATABASE_PART,
  FILES_PART,
  MANIFEST_FORMAT,
  MANIFEST_PART,
  parseManifest,
} from './backup-manifest';
export { backupsToPrune, nextBackupAt, type RetainedBackup, type RetentionPolicy } from './retention';
export { backupMinute, type BackupSchedule, retryBackupAt } from './backup-schedule';
