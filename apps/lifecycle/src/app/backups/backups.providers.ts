import type { Provider, Type } from '@nestjs/common';
import {
  BackupExpiryRepository,
  BackupDrillRepository,
  BackupRepository,
  BackupScheduleRepository,
} from '@saasodoo/backups/data-access';
import type { Workflow } from '@saasodoo/operations/domain';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import { DataSource, type EntityManager } from 'typeorm';
import { BackupChanges } from '../backup-instance/backup-changes';
import { BackupInstanceHandler } from '../backup-instance/backup-instance.handler';
import { BackupInstanceWorkflow } from '../backup-instance/backup-instance.workflow';
import { BackupScheduler } from '../backup-schedules/backup-scheduler';
import { ScheduleOutcome } from '../backup-schedules/schedule-outcome';
import { ScheduledBackups } from '../backup-schedules/scheduled-backups';
import { TerminatedBackups } from '../backup-schedules/terminated-backups';
import { DeleteBackupHandler } from '../delete-backup/delete-backup.handler';
import { DeleteBackupWorkflow } from '../delete-backup/delete-backup.workflow';
import { DiscardRequests } from '../discard-replaced/discard-requests';
import { DiscardReplacedWorkflow } from '../discard-replaced/discard-replaced.workflow';
import { BackupDownloads } from '../download-backup/backup-downloads';
import { BackupDownloadsController } from '../download-backup/backup-downloads.controller';
import { DrillBackupHandler } from '../drill-backup/drill-backup.handler';
import { DrillBackupWorkflow } from '../drill-backup/drill-backup.workflow';
import { DrillChanges } from '../drill-backup/drill-changes';
import { DrillMetrics } from '../drill-backup/drill-metrics';
import { DrillOdoo } from '../drill-backup/drill-odoo';
import { ScheduledDrills } from '../drill-backup/scheduled-drills';
import { OdooSwitch } from '../restore-instance/odoo-switch';
import { RestoreInstanceHandler } from '../restore-instance/restore-instance.handler';
import { RestoreInstanceWorkflow } from '../restore-instance/restore-instance.workflow';
import { RestoredBackups } from '../restore-instance/restored-backups';
import { RestoreNewInstanceHandler } from '../restore-new-instance/restore-new-instance.handler';
import { CopyChanges } from '../restore-new-instance/copy-changes';
import { RestoreNewInstanceWorkflow } from '../restore-new-instance/restore-new-instance.workflow';
import { BackupDestinations } from './backup-destinations';
import { BackupStore } from './backup-store';
import { heldFilesProvider } from './held-files.provider';
import { InstanceData } from './instance-data';
import { KeptManifests } from './kept-manifests';
import { tenantDatabasesProvider } from './tenant-databases.provider';
import { Workspace } from './workspace';

export const backupWorkflowClasses: readonly Type<Workflow<EntityManager, TenantContext>>[] = [
  BackupInstanceWorkflow,
  DeleteBackupWorkflow,
  DiscardReplacedWorkflow,
  DrillBackupWorkflow,
  RestoreInstanceWorkflow,
  RestoreNewInstanceWorkflow,
];

export const backupControllers: readonly Type[] = [
  BackupDownloadsController,
  BackupInstanceHandler,
  DeleteBackupHandler,
  DrillBackupHandler,
  RestoreInstanceHandler,
  RestoreNewInstanceHandler,
];

/** What the steps and workflows of backups are made of. */
export const backupProviders: readonly Provider[] = [
  {
    provide: BackupDrillRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupDrillRepository(dataSource),
  },
  {
    provide: BackupRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupRepository(dataSource),
  },
  {
    provide: BackupScheduleRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupScheduleRepository(dataSource),
  },
  {
    provide: BackupExpiryRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupExpiryRepository(dataSource),
  },
  heldFilesProvider,
  tenantDatabasesProvider,
  BackupChanges,
  BackupDestinations,
  BackupDownloads,
  BackupScheduler,
  BackupStore,
  CopyChanges,
  DataJobs,
  DrillChanges,
  DrillMetrics,
  DrillOdoo,
  DiscardRequests,
  InstanceData,
  KeptManifests,
  OdooSwitch,
  RestoredBackups,
  ScheduledBackups,
  ScheduledDrills,
  ScheduleOutcome,
  TerminatedBackups,
  Workspace,
];
