import type { ErrorRecord } from '@saasodoo/kernel';
import type { BackupDrill } from './backup-drill';
import type { BackupManifest } from './backup-manifest';

export const backupStatuses = ['creating', 'completed', 'failed', 'deleting', 'deleted'] as const;
export type BackupStatus = (typeof backupStatuses)[number];

/** Who wanted it: a person, the schedule, an operation that was about to replace data, or the end of the instance. */
export const backupKinds = ['manual', 'scheduled', 'safety', 'final'] as const;
export type BackupKind = (typeof backupKinds)[number];

export interface NewBackup {
  readonly id: string;
  readonly instanceId: string;
  readonly customerId: string;
  readonly kind: BackupKind;
  readonly databaseName: string;
  readonly odooVersion: string;
  /** Kept at least until then; without end when absent. */
  readonly expiresAt?: Date;
}

/** Database and files of an instance as they were at one moment, kept somewhere else. */
export interface Backup extends NewBackup {
  readonly status: BackupStatus;
  /** Where its parts are, or will be: the name of a destination; a directory when absent. */
  readonly destination?: string;
  /** Of all parts as they are stored. */
  readonly sizeBytes?: number;
  readonly manifest?: BackupManifest;
  /** Of the manifest as it is stored: what was changed there by hand is not believed. */
  readonly manifestSha256?: string;
  readonly error?: ErrorRecord;
  readonly drill?: BackupDrill;
  readonly createdAt: Date;
  readonly completedAt?: Date;
}
