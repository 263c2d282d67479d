import type { FactoryProvider } from '@nestjs/common';
import { type BackupDestination, DirectoryDestination } from '@saasodoo/backups/destinations';
import { BackupsConfig } from './backups.config';

export const BACKUP_DESTINATION = Symbol('backup destination');

/** Where backups are kept, as the configuration says. */
export const backupDestinationProvider: FactoryProvider<BackupDestination> = {
  provide: BACKUP_DESTINATION,
  inject: [BackupsConfig],
  useFactory: ({ backupRoot }: BackupsConfig) => new DirectoryDestination(backupRoot),
};
