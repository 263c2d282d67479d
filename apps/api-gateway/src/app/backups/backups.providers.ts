import type { Provider } from '@nestjs/common';
import {
  BackupDrillRepository,
  BackupExpiryRepository,
  BackupRepository,
  BackupScheduleRepository,
} from '@saasodoo/backups/data-access';
import { DataSource } from 'typeorm';
import { AdminBackupsController } from './admin-backups.controller';
import { BackupDrillsController } from './backup-drills.controller';
import { BackupDownloads } from './backup-downloads.service';
import { BackupEnds } from './backup-ends.service';
import { BackupRequests } from './backup-requests.service';
import { BackupSchedulesController } from './backup-schedules.controller';
import { BackupSchedules } from './backup-schedules.service';
import { BackupStores } from './backup-stores';
import { BackupsController } from './backups.controller';
import { BackupsService } from './backups.service';
import { DrillRequests } from './drill-requests.service';
import { DrilledBackupsController } from './drilled-backups.controller';
import { DrilledBackups } from './drilled-backups.service';
import { InstanceBackupsController } from './instance-backups.controller';
import { CopyWishes } from './copy-wishes';
import { RestoreElsewhere } from './restore-elsewhere.service';
import { RestoreRequests } from './restore-requests.service';

/** Backups and their restoration, as `AppModule` takes them in. */
export const backupControllers = [
  AdminBackupsController,
  BackupDrillsController,
  BackupSchedulesController,
  BackupsController,
  DrilledBackupsController,
  InstanceBackupsController,
];

export const backupProviders: Provider[] = [
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
  {
    provide: BackupDrillRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupDrillRepository(dataSource),
  },
  BackupDownloads,
  BackupEnds,
  BackupRequests,
  BackupSchedules,
  BackupStores,
  BackupsService,
  CopyWishes,
  DrilledBackups,
  DrillRequests,
  RestoreElsewhere,
  RestoreRequests,
];
