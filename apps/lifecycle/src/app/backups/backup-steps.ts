import type { Type } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { ArchiveFilesStep } from '../backup-instance/steps/archive-files.step';
import { DumpDatabaseStep } from '../backup-instance/steps/dump-database.step';
import { OpenBackupStep } from '../backup-instance/steps/open-backup.step';
import { SnapshotFilesStep } from '../backup-instance/steps/snapshot-files.step';
import { VerifyBackupStep } from '../backup-instance/steps/verify-backup.step';
import { WriteManifestStep } from '../backup-instance/steps/write-manifest.step';
import { RemoveBackupStep } from '../delete-backup/remove-backup.step';
import { DiscardReplacedStep } from '../discard-replaced/discard-replaced.step';
import { FindRoomStep } from '../drill-backup/steps/find-room.step';
import { NeutraliseDatabaseStep } from '../drill-backup/steps/neutralise-database.step';
import { ProbeOdooStep } from '../drill-backup/steps/probe-odoo.step';
import { RemoveDrillStep } from '../drill-backup/steps/remove-drill.step';
import { CreateRoleStep } from '../restore-new-instance/steps/create-role.step';
import { PersonaliseDatabaseStep } from '../restore-new-instance/steps/personalise-database.step';
import { CheckBackupStep } from '../restore-instance/steps/check-backup.step';
import { FetchBackupStep } from '../restore-instance/steps/fetch-backup.step';
import { RestoreDatabaseStep } from '../restore-instance/steps/restore-database.step';
import { RestoreFilesStep } from '../restore-instance/steps/restore-files.step';
import { SwapDataStep } from '../restore-instance/steps/swap-data.step';
import { TakeDownStep } from '../restore-instance/steps/take-down.step';

export const backupStepClasses: readonly Type<Step<TenantContext>>[] = [
  ArchiveFilesStep,
  CheckBackupStep,
  CreateRoleStep,
  DiscardReplacedStep,
  DumpDatabaseStep,
  FetchBackupStep,
  FindRoomStep,
  NeutraliseDatabaseStep,
  OpenBackupStep,
  PersonaliseDatabaseStep,
  ProbeOdooStep,
  RemoveBackupStep,
  RemoveDrillStep,
  RestoreDatabaseStep,
  RestoreFilesStep,
  SnapshotFilesStep,
  SwapDataStep,
  TakeDownStep,
  VerifyBackupStep,
  WriteManifestStep,
];
