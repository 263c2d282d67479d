import type { Provider } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { DataSource } from 'typeorm';
import { BackupDownloads } from './backup-downloads.service';
import { BackupRequests } from './backup-requests.service';
import { BackupStores } from './backup-stores';
import { BackupsController } from './backups.controller';
import { BackupsService } from './backups.service';
import { InstanceBackupsController } from './instance-backups.controller';
import { CopyWishes } from './copy-wishes';
import { RestoreElsewhere } from './restore-elsewhere.service';
import { RestoreRequests } from './restore-requests.service';

/** Backups and their restoration, as `AppModule` takes them in. */
export const backupControllers = [BackupsController, InstanceBackupsController];

export const backupProviders: Provider[] = [
  {
    provide: BackupRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new BackupRepository(dataSource),
  },
  BackupDownloads,
  BackupRequests,
  BackupStores,
  BackupsService,
  CopyWishes,
  RestoreElsewhere,
  RestoreRequests,
];
